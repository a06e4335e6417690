package cliutil

import "testing"

func TestShowsLinks(t *testing.T) {
	tests := map[string]struct {
		env  map[string]string
		want bool
	}{
		"nothing known":     {map[string]string{"TERM": "xterm-256color"}, false},
		"GNOME's terminal":  {map[string]string{"TERM": "xterm-256color", "VTE_VERSION": "7600"}, true},
		"an old VTE":        {map[string]string{"VTE_VERSION": "4800"}, false},
		"kitty":             {map[string]string{"TERM": "xterm-kitty"}, true},
		"Konsole":           {map[string]string{"KONSOLE_VERSION": "230800"}, true},
		"iTerm":             {map[string]string{"TERM_PROGRAM": "iTerm.app"}, true},
		"screen within VTE": {map[string]string{"TERM": "screen-256color", "VTE_VERSION": "7600"}, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := showsLinks(func(name string) string { return tt.env[name] }); got != tt.want {
				t.Errorf("got %t, want %t", got, tt.want)
			}
		})
	}
}
