package scan

import (
	"bytes"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxQuoted is the length, in bytes, to which Quote shortens a text.
const MaxQuoted = 40

// Quote quotes an untrusted text for an error.
func Quote[T string | []byte](text T) string {
	if len(text) > MaxQuoted {
		return strconv.Quote(string(text[:MaxQuoted])) + "…"
	}
	return strconv.Quote(string(text))
}

// beginSize is the maximum number of bytes of a document in an error.
const beginSize = 160

// beginning returns the first bytes of a document as one printable line. With hide, it
// omits the text between tags: the hub's answers can contain session keys, and requests
// can contain secrets of users.
func beginning(data []byte, hide bool) string {
	head := data[:min(len(data), beginSize)]
	if hide {
		head, _, _ = bytes.Cut(head, []byte("<!")) // a CDATA section is text, too
	}
	var b strings.Builder
	inTag, hidden, gap := false, false, false
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		head = head[size:]
		if r == '<' {
			inTag, hidden = true, false
		}
		switch {
		case unicode.IsSpace(r):
			gap = b.Len() > 0 && !hidden
			continue
		case hide && !inTag:
			if !hidden {
				b.WriteRune('…')
			}
			hidden = true
			continue
		case !unicode.IsPrint(r):
			r = utf8.RuneError
		}
		if gap {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
		if r == '>' {
			inTag = false
		}
	}
	if len(data) > beginSize {
		b.WriteRune('…')
	}
	return b.String()
}
