package suggest_test

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/sinks/suggest"
)

func TestMeant(t *testing.T) {
	known := []string{"archive", "chat", "failures"}
	for name, tt := range map[string]struct{ word, want string }{
		"a letter too many":   {"archives", "; did you mean archive?"},
		"two letters wrong":   {"faileres", "; did you mean failures?"},
		"two letters swapped": {"caht", "; did you mean chat?"},
		"nothing near":        {"terminal", ""},
		"nothing at all":      {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := suggest.Meant(tt.word, known); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
