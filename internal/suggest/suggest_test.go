package suggest

import (
	"testing"

	"pgregory.net/rapid"
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
			if got := Meant(tt.word, known); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	candidates := []string{"prefetch", "queue", "topics", "exchange", "raw"}
	for word, want := range map[string]string{
		"prefetch": "prefetch", "prefech": "prefetch", "pre_fetch": "prefetch", "perfetch": "prefetch", "topic": "topics",
		"quue": "queue", "wra": "", "rwa": "raw", "x": "", "colour": "", "": "",
	} {
		if got := Nearest(word, candidates); got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	word := rapid.StringOfN(rapid.RuneFrom([]rune("ab")), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := word.Draw(t, "a"), word.Draw(t, "b"), word.Draw(t, "c")
		if got := distance(a, b); (got == 0) != (a == b) || got != distance(b, a) || got > max(len(a), len(b)) {
			t.Fatalf("%q and %q are %d apart, and the other way %d", a, b, got, distance(b, a))
		}
		if distance(a+c, b+c) > distance(a, b) {
			t.Fatalf("%q and %q grow apart with %q at both ends", a, b, c)
		}
	})
}
