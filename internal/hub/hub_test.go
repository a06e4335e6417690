package hub

import "testing"

// TestBare: what is shown of a hub's URL has no secret.
func TestBare(t *testing.T) {
	for url, want := range map[string]string{
		"https://koji.example.com/kojihub":                      "https://koji.example.com/kojihub",
		"https://me:secret@koji.example.com/kojihub?token=s#ee": "https://koji.example.com/kojihub",
		"https://me:sec%ret@koji.example.com":                   "",
	} {
		if got := bare(url); got != want {
			t.Errorf("%s: got %q, want %q", url, got, want)
		}
	}
}
