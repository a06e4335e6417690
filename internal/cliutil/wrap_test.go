package cliutil

import "testing"

func TestWrapLines(t *testing.T) {
	for _, tt := range []struct {
		name, text, want string
		width            int
	}{
		{"short", "a b\n", "a b\n", 40},
		{"no width", "many words of which none is ever broken at all\n", "many words of which none is ever broken at all\n", 0},
		{
			"below the last column", "  only      owners: alice, bob, carol, dave and others\n",
			"  only      owners: alice, bob, carol,\n            dave and others\n", 40,
		},
		{
			"indented", "  starts about 12:00, done about 13:00, in an hour, or later\n",
			"  starts about 12:00, done about 13:00,\n      in an hour, or later\n", 40,
		},
		{
			"a column far right", "a long name of a thing is here  and this after it\n",
			"a long name of a thing is here  and this\nafter it\n", 40,
		},
		{
			"a long word", "  see https://koji.example.com/koji/taskinfo?taskID=1 there\n",
			"  see\n      https://koji.example.com/koji/taskinfo?taskID=1\n      there\n", 40,
		},
		{"no line end", "one two", "one two", 40},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := WrapLines(tt.text, tt.width); got != tt.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, tt.want)
			}
		})
	}
}
