package admin

import "testing"

func TestDialable(t *testing.T) {
	for listen, want := range map[string]string{
		"[::]:9": "[::1]:9", "0.0.0.0:9": "127.0.0.1:9", "[::1]:9": "[::1]:9", "10.0.0.1:9": "10.0.0.1:9", "koji:9": "koji:9",
	} {
		if _, got := dialable(listen); got != want {
			t.Errorf("%s: got %s, want %s", listen, got, want)
		}
	}
}
