package deadletter

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
)

func letter(n int) message.DeadLetter {
	return message.DeadLetter{
		Delivery: &message.Delivery{Queue: "q", RoutingKey: fmt.Sprint("k", n), Body: []byte{byte(n), 0xff}},
		Reason:   "unparseable", Error: "no JSON", Time: time.Unix(int64(n), 0),
	}
}

func put(t *testing.T, f *FileWriter, n int) {
	t.Helper()
	if err := f.Put(t.Context(), letter(n)); err != nil {
		t.Fatal(err)
	}
}

// keys are the routing keys in a file, with "!" for a line that cannot be read.
func keys(t *testing.T, path string) string {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r := recording.NewReader(file)
	var all []string
	for {
		d, err := r.Next()
		if errors.Is(err, io.EOF) {
			return strings.Join(all, " ")
		}
		if err != nil {
			all = append(all, "!")
			continue
		}
		all = append(all, d.RoutingKey)
	}
}

func TestFileWriterKeepsLettersForItsOwnerOnly(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state", "dead")
	path := filepath.Join(dir, "stdout.dead.jsonl")
	f := NewFileWriter(path)
	for n := range 3 {
		put(t, f, n)
	}
	if got := keys(t, path); got != "k0 k1 k2" {
		t.Errorf("the file has %s", got)
	}
	for name, want := range map[string]os.FileMode{path: 0o600, dir: 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v (%v), should be %v", name, info.Mode(), err, want)
		}
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if want := `"dead": {"reason": "unparseable", "error": "no JSON", "time": "1970-01-01T00:00:02Z", "queue": "q"}}`; !strings.HasSuffix(strings.TrimSpace(string(text)), want) {
		t.Errorf("the last line is %s", text)
	}
}

func TestFileWriterSurvivesATornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	put(t, NewFileWriter(path), 0)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := range info.Size() {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		f := NewFileWriter(path)
		put(t, f, 0)
		put(t, f, 1)
		if err := os.Truncate(path, info.Size()+cut); err != nil {
			t.Fatal(err)
		}
		put(t, NewFileWriter(path), 2)
		want := "k0 ! k2"
		switch cut {
		case 0:
			want = "k0 k2" // nothing of the second was left
		case info.Size() - 1:
			want = "k0 k1 k2" // only its line end was missing
		}
		if got := keys(t, path); got != want {
			t.Fatalf("cut off after %d of %d bytes: the file has %s, should have %s", cut, info.Size(), got, want)
		}
	}
}

func TestFileWriterMayBeMovedAway(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	f := NewFileWriter(path)
	put(t, f, 0)
	if err := os.Rename(path, path+".1"); err != nil {
		t.Fatal(err)
	}
	put(t, f, 1)
	if a, b := keys(t, path+".1"), keys(t, path); a != "k0" || b != "k1" {
		t.Errorf("the old file has %s, the new %s", a, b)
	}
}

func TestFileWriterSaysWhatFails(t *testing.T) {
	dir := t.TempDir()
	blocked := filepath.Join(dir, "file")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for name, c := range map[string]struct {
		ctx  context.Context
		path string
	}{
		"a folder that is a file": {t.Context(), filepath.Join(blocked, "x.jsonl")},
		"a file that is a folder": {t.Context(), dir},
		"an ended context":        {ended, filepath.Join(dir, "x.jsonl")},
	} {
		err := NewFileWriter(c.path).Put(c.ctx, letter(0))
		if err == nil {
			t.Errorf("%s: no error", name)
			continue
		}
		t.Logf("%s: %v", name, err)
	}
}
