package printable

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzPrintable(f *testing.F) {
	f.Add("x\x1b[31m \n\n\u202e\xff")
	f.Add(strings.Repeat(" ž", 100))
	f.Fuzz(func(t *testing.T, s string) {
		for _, limit := range []int{3, 20, 500} {
			got := Line(s, limit)
			if len(got) > limit || !utf8.ValidString(got) || strings.ContainsAny(got, "\n\t\r\x1b\u202e\u2028\u009b") {
				t.Errorf("%d: %q", limit, got)
			}
		}
		if got := Clean(s); !utf8.ValidString(got) || strings.ContainsAny(got, "\r\x1b\u202e\u2028\u009b") {
			t.Errorf("%q", got)
		}
	})
}
