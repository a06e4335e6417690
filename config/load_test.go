package config

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/internal/golden"
)

// marker is every secret in the tests' files. No error may contain it.
const marker = "hunter2"

// testEnv is the environment for reading the tests' files.
func testEnv(name string) (string, bool) {
	value, found := map[string]string{
		"HOME": "/home/koji", "PW": marker, "INSTANCE": "fedora", "USER_NAME": "k", "PORT": "5673", "TYPE": "stdout",
		"YES": "true", "COUNT": "5", "EMPTY": "", "BIG": strings.Repeat("x", 100<<10),
	}[name]
	return value, found
}

// eachFile runs a test for each YAML file of a folder.
func eachFile(t *testing.T, folder string, test func(t *testing.T, path string, data []byte)) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(folder, "*.yaml"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in %s: %v", folder, err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".yaml"), func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			test(t, path, data)
		})
	}
}

func TestMistakes(t *testing.T) {
	eachFile(t, "testdata/mistakes", func(t *testing.T, path string, data []byte) {
		c, err := Parse(filepath.Base(path), data, testEnv)
		var problems *Error
		if !errors.As(err, &problems) || c != nil {
			t.Fatalf("got %v, %v; want an *Error and nothing else", c, err)
		}
		text := err.Error()
		if strings.Contains(text, marker) {
			t.Errorf("the error tells a secret:\n%s", text)
		}
		golden.Check(t, strings.TrimSuffix(path, ".yaml")+".golden", text+"\n")
	})
}

func TestValid(t *testing.T) {
	eachFile(t, "testdata/valid", func(t *testing.T, path string, data []byte) {
		c, err := Parse("/etc/kojiwatch/"+filepath.Base(path), data, testEnv)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Validate(); err != nil {
			t.Errorf("Validate refuses what Parse takes: %v", err)
		}
		text, err := json.MarshalIndent(c, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(text), marker) {
			t.Errorf("JSON tells a secret:\n%s", text)
		}
		golden.Check(t, strings.TrimSuffix(path, ".yaml")+".golden", string(text)+"\n")
	})
}

func TestLoad(t *testing.T) {
	c, err := Load("testdata/valid/everything.yaml", testEnv)
	if err != nil {
		t.Fatal(err)
	}
	if want := "testdata/valid/ca.pem"; c.Broker.TLS.CAFile != want {
		t.Errorf("ca_file is %q, want it beside the file: %q", c.Broker.TLS.CAFile, want)
	}
	if _, err = Load("testdata/none.yaml", testEnv); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "testdata/none.yaml") {
		t.Errorf("for a missing file got %v", err)
	}
	if _, err = Load("testdata", testEnv); err == nil {
		t.Error("a folder was taken for a file")
	}
}

func TestPasswordFile(t *testing.T) {
	const text = "broker: {url: amqp://k@localhost, password_file: %}\nsinks: [{name: out, type: log}]\n"
	for path, want := range map[string]string{"secret/pw": "/etc/kojiwatch/secret/pw", "/run/pw": "/run/pw", "\"${YES}\"": "/etc/kojiwatch/true"} {
		c, err := Parse("/etc/kojiwatch/k.yaml", []byte(strings.Replace(text, "%", path, 1)), testEnv)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Broker.Password.File(); got != want || !c.Broker.Password.IsSet() {
			t.Errorf("%s: got %q, want %q", path, got, want)
		}
		if _, err := c.Broker.Password.Reveal(); err == nil || !strings.HasPrefix(err.Error(), "read broker.password_file: ") {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

func TestFileTooLarge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.yaml")
	if err := os.WriteFile(path, []byte("# "+strings.Repeat("x", schema.MaxFile)), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(path, testEnv); err == nil || err.Error() != path+": the file is larger than 1 MiB" {
		t.Errorf("got %v", err)
	}
}

func TestErrorIsBounded(t *testing.T) {
	var file strings.Builder
	for range 5000 {
		file.WriteString("? x-unknown-key-" + strings.Repeat("y", file.Len()%7) + "\n: 1\n")
	}
	_, err := Parse("kojiwatch.yaml", []byte(file.String()), testEnv)
	if err == nil {
		t.Fatal("no error")
	}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != schema.MaxProblems+1 || !strings.HasPrefix(lines[schema.MaxProblems], "and ") {
		t.Errorf("got %d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestStateDir(t *testing.T) {
	tests := map[string]struct {
		env  map[string]string
		want string
	}{
		"systemd":            {map[string]string{"STATE_DIRECTORY": "/var/lib/kojiwatch", "XDG_STATE_HOME": "/x", "HOME": "/h"}, "/var/lib/kojiwatch"},
		"systemd, several":   {map[string]string{"STATE_DIRECTORY": "/var/lib/a:/var/lib/b"}, "/var/lib/a"},
		"xdg":                {map[string]string{"XDG_STATE_HOME": "/x", "HOME": "/h"}, "/x/kojiwatch"},
		"xdg, relative":      {map[string]string{"XDG_STATE_HOME": "x", "HOME": "/h"}, "/h/.local/state/kojiwatch"},
		"home":               {map[string]string{"HOME": "/h"}, "/h/.local/state/kojiwatch"},
		"nothing to go from": {nil, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := stateDir(func(name string) (string, bool) { value, found := test.env[name]; return value, found })
			if got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	_, err := Parse("k.yaml", []byte("broker: {url: amqp://h}\nsinks: [{name: a, type: log}]\n"), func(string) (string, bool) { return "", false })
	if want := "k.yaml:1:1: state_dir: is missing, and the environment has neither STATE_DIRECTORY nor XDG_STATE_HOME nor HOME to derive it from"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}
