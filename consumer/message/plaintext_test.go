package message

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		"as it is: é, 漢":       "as it is: é, 漢",
		"two\r\nlines\tand":    "two  lines and",
		"\x1b[31mred\x1b[0m":   "\ufffd[31mred\ufffd[0m",
		"not utf-8: \xff":      "not utf-8: \ufffd",
		"turned \u202e around": "turned \ufffd around",
	} {
		if got := PlainText(in, 100); got != want {
			t.Errorf("%q becomes %q, should be %q", in, got, want)
		}
	}
}

func TestPlainTextIsShortAndPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOf(rapid.Byte()).Draw(t, "in"))
		limit := rapid.IntRange(0, 40).Draw(t, "limit")
		got := PlainText(in, limit)
		if len(got) > limit || !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("%q becomes %q within %d bytes", in, got, limit)
		}
	})
}
