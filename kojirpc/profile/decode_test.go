package profile

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func TestParseInt(t *testing.T) {
	for _, c := range []struct {
		text string
		want int
		ok   bool
	}{
		{"0", 0, true}, {"007", 7, true}, {"+5", 5, true}, {"-5", -5, true}, {" 5\u00a0", 5, true}, {"1_000", 1000, true},
		{"1_0_0", 100, true}, {"9223372036854775807", 1<<63 - 1, true}, {"9223372036854775808", 0, false},
		{"", 0, false}, {" ", 0, false}, {"_1", 0, false}, {"1_", 0, false}, {"1__0", 0, false}, {"-_1", 0, false},
		{"--1", 0, false}, {"+-1", 0, false}, {"- 1", 0, false}, {"1.0", 0, false}, {"0x10", 0, false}, {"1e3", 0, false},
	} {
		got, err := parseInt(c.text)
		if (err == nil) != c.ok || c.ok && got != c.want {
			t.Errorf("%q: got %d, %v", c.text, got, err)
		}
	}
}

// TestInterpolationIsBounded uses values whose expansion would take Python forever.
func TestInterpolationIsBounded(t *testing.T) {
	for name, bottom := range map[string]string{"long": "x", "empty": ""} {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			b.WriteString("[koji]\n")
			for i := range maxDepth - 1 {
				fmt.Fprintf(&b, "a%d = %s\n", i, strings.Repeat(fmt.Sprintf("%%(a%d)s", i+1), 1000))
			}
			fmt.Fprintf(&b, "a%d = %s\n", maxDepth-1, bottom)
			s := setOf(t, b.String())
			_, err := s.Profile("koji")
			var e *Error
			if !errors.As(err, &e) || !strings.Contains(err.Error(), "longer than 1048576 bytes") {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestLongValuesAreFine(t *testing.T) {
	text := strings.Repeat("x", maxFileBytes-100)
	s := setOf(t, "[koji]\nplugin_paths = "+text+"\n")
	if got := mustProfile(t, s, "koji").PluginPaths; got != text {
		t.Errorf("got %d bytes, want %d", len(got), len(text))
	}
}
