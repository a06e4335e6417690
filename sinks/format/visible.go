// Package format writes events for people: one line each for a terminal, digests
// and escaped text for chats and mail.
package format

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// AppendVisible appends untrusted text in a form that is safe on a terminal and in a log.
// Control characters, invisible characters and those that change the direction of writing
// become escapes, like \x1b or \u202e.
func AppendVisible(dst []byte, text string) []byte {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			dst = fmt.Appendf(dst, `\x%02x`, text[i])
		case r == '\\':
			dst = append(dst, `\\`...)
		case unicode.IsPrint(r):
			dst = append(dst, text[i:i+size]...)
		case r == '\n':
			dst = append(dst, `\n`...)
		case r == '\t':
			dst = append(dst, `\t`...)
		case r < 0x80:
			dst = fmt.Appendf(dst, `\x%02x`, r)
		case r > 0xffff:
			dst = fmt.Appendf(dst, `\U%08x`, r)
		default:
			dst = fmt.Appendf(dst, `\u%04x`, r)
		}
		i += size
	}
	return dst
}
