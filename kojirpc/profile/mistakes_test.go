package profile

import (
	"errors"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/internal/golden"
)

func noEnv(string) (string, bool) { return "", false }

func mistakeFiles(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("testdata/mistakes/*.conf")
	if err != nil || len(files) == 0 {
		t.Fatalf("no mistakes found: %v", err)
	}
	return files
}

// TestMistakes loads a small file for each mistake and compares the error with a .golden
// file.
func TestMistakes(t *testing.T) {
	files := mistakeFiles(t)
	t.Chdir("testdata")
	place := regexp.MustCompile(`mistakes/[a-z0-9-]+\.conf:[0-9]+: .+; .+`)
	for _, file := range files {
		file = strings.TrimPrefix(file, "testdata/")
		t.Run(filepath.Base(file), func(t *testing.T) {
			err := loadKoji(Options{Root: "trees/absent", Home: "absent", Config: file, LookupEnv: noEnv})
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("want an *Error, got %v", err)
			}
			if !place.MatchString(err.Error()) {
				t.Errorf("no file, line, problem and remedy in: %v", err)
			}
			if strings.Contains(err.Error(), "hunter") {
				t.Errorf("the error gives away a password: %v", err)
			}
			golden.Check(t, strings.TrimSuffix(file, ".conf")+".golden", err.Error()+"\n")
		})
	}
}

func loadKoji(o Options) error {
	s, err := Load(o)
	if err != nil {
		return err
	}
	_, err = s.Profile("koji")
	return err
}
