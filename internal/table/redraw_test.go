package table

import "testing"

func TestRedraw(t *testing.T) {
	var r Redraw
	for _, tt := range []struct {
		name, text    string
		width, height int
		want          string
	}{
		{"the first", "one\ntwo two two\n", 40, 10, "one\ntwo two two\n"},
		{"in place of two lines", "a\nb\nc\n", 40, 10, "\x1b[2A\x1b[Ja\nb\nc\n"},
		{"more than fits", "1\n2\n3\n4\n5\n", 40, 4, "\x1b[3A\x1b[J1\n… 3 more lines\n5\n"},
		{"wider than the terminal", "0123456789\n", 5, 10, "\x1b[5A\x1b[J0123…\n"},
		{"size not known", "0123456789\n", 0, 0, "\x1b[1A\x1b[J0123456789\n"},
		{"narrower since", "x\n", 4, 0, "\x1b[3A\x1b[Jx\n"},
	} {
		if got := r.Replace(tt.text, tt.width, tt.height); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

// TestRedrawFoot: lines at the end stay, as far as there is room for them.
func TestRedrawFoot(t *testing.T) {
	for foot, want := range map[int]string{
		1: "1\n2\n… 3 more lines\n6\n", 2: "1\n… 3 more lines\n5\n6\n", 3: "… 3 more lines\n4\n5\n6\n", 9: "… 3 more lines\n4\n5\n6\n",
	} {
		r := Redraw{Foot: foot}
		if got := r.Replace("1\n2\n3\n4\n5\n6\n", 40, 5); got != want {
			t.Errorf("foot of %d: got %q, want %q", foot, got, want)
		}
	}
}
