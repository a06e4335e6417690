package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzParse parses any text as a file, in an environment in which every variable is a secret.
func FuzzParse(f *testing.F) {
	for _, folder := range []string{"testdata/mistakes", "testdata/valid"} {
		paths, err := filepath.Glob(folder + "/*.yaml")
		if err != nil || len(paths) == 0 {
			f.Fatal(folder, err)
		}
		for _, path := range paths {
			data, err := os.ReadFile(path)
			if err != nil {
				f.Fatal(err)
			}
			f.Add(data)
		}
	}
	env := func(name string) (string, bool) {
		return map[string]string{"HOME": "/home/koji"}[name] + marker, name != "UNSET"
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := Parse("k.yaml", data, env)
		switch {
		case (c == nil) == (err == nil):
			t.Fatalf("got %v, %v", c, err)
		case err != nil && strings.Contains(err.Error(), marker) && !strings.Contains(string(data), marker):
			t.Fatalf("the error tells a variable: %v", err)
		case c == nil:
			return
		}
		if err := c.Validate(); err != nil {
			t.Fatalf("Validate refuses what Parse takes: %v", err)
		}
		if text := fmt.Sprintf("%+v %#v", c.Broker.Password, c.Broker.Password); strings.Contains(text, marker) {
			t.Fatalf("the password shows as %s", text)
		}
	})
}

// FuzzParseSecret puts a password, quoted correctly or not, in the places of passwords, in
// valid and invalid files.
func FuzzParseSecret(f *testing.F) {
	for _, around := range []string{"", "*", "&", "!", "%", "@", "`", "'", "\"", "{", "[", "|", ">", "#", ": ", "- ", "? ", "$", "${", "}", "$$", "\\", "\n", "\t", "/", "://", "@h", "!!int ", "\x00", "\xff", "\u2028"} {
		f.Add(around, "", "")
		f.Add("", around, "")
		f.Add("\"", around, "  heartbeat: 5 minutes\n")
		f.Add("'", "'", "  auth: external\n")
	}
	f.Fuzz(func(t *testing.T, before, after, more string) {
		secret := before + marker + after
		// Text on a line of its own is no longer part of the password.
		if strings.ContainsAny(secret, "\n\r\u0085\u2028\u2029") {
			return
		}
		for _, form := range []string{"broker:\n  url: amqp://k@localhost\n  password: %s\n%s", "broker:\n  url: amqp://k:%s@localhost/v\n%s"} {
			text := fmt.Sprintf(form, secret, more) + "sinks:\n  - name: OUT\n    type: log\n"
			if _, err := Parse("k.yaml", []byte(text), testEnv); err != nil && strings.Contains(err.Error(), marker) {
				t.Fatalf("the error tells the password: %v\n%s", err, text)
			}
		}
	})
}
