package deadletter

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/kojiwatch/kojiwatch/consumer/recording"
)

func openFile(t *testing.T, path string) *letterFile {
	t.Helper()
	b, err := openLetterFile(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// takeAll takes the letters whose routing key is chosen, and returns the keys of
// all that were there, "!" for a line that cannot be read.
func takeAll(t *testing.T, b *letterFile, chosen func(key string) bool) (seen []string) {
	t.Helper()
	for {
		letter, err := b.next()
		if errors.Is(err, io.EOF) {
			return seen
		}
		if errors.As(err, new(*recording.LineError)) {
			seen = append(seen, "!")
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, letter.RoutingKey)
		if chosen(letter.RoutingKey) {
			if err := b.take(letter); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func closeFile(t *testing.T, b *letterFile) {
	t.Helper()
	if err := b.close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestTakingLettersLeavesTheOthers(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	f := NewFileWriter(path)
	for n := range 3 {
		put(t, f, n)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, "no letter\n"...), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	put(t, f, 3)

	b := openFile(t, path)
	put(t, f, 4) // came after the file was opened
	if got := takeAll(t, b, func(key string) bool { return key != "k1" }); !slices.Equal(got, []string{"k0", "k1", "k2", "!", "k3"}) {
		t.Errorf("the file has %v", got)
	}
	closeFile(t, b)
	if got := keys(t, path); got != "k1 ! k4" {
		t.Errorf("the file has %s", got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("%v, %v", info.Mode(), err)
	}
	if rest, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*")); len(rest) != 1 {
		t.Errorf("left behind: %v", rest)
	}
}

// TestALetterTakenIsGoneAtOnce: though the process ends before the file is made
// anew.
func TestALetterTakenIsGoneAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	for n := range 3 {
		put(t, NewFileWriter(path), n)
	}
	b := openFile(t, path)
	takeAll(t, b, func(key string) bool { return key == "k1" })
	_, _ = b.file.Close(), b.folder.Close() // as the end of the process does
	if got := keys(t, path); got != "k0 k2" {
		t.Errorf("the file has %s", got)
	}
	b = openFile(t, path)
	if got := takeAll(t, b, func(key string) bool { return key == "k0" }); !slices.Equal(got, []string{"k0", "k2"}) {
		t.Errorf("the file has %v", got)
	}
	closeFile(t, b)
	if text, err := os.ReadFile(path); err != nil || strings.Count(string(text), "\n") != 1 {
		t.Errorf("%v, the file has %s", err, text)
	}
}

func TestOneBoxAtATime(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	b := openFile(t, path)
	if _, err := openLetterFile(t.Context(), path); !errors.Is(err, ErrBusy) {
		t.Errorf("got %v", err)
	}
	closeFile(t, b)
	closeFile(t, openFile(t, path))
}

func TestABoxWithoutAFile(t *testing.T) {
	for _, path := range []string{filepath.Join(t.TempDir(), "dead.jsonl"), filepath.Join(t.TempDir(), "missing", "dead.jsonl")} {
		b := openFile(t, path)
		if _, err := b.next(); !errors.Is(err, io.EOF) {
			t.Errorf("got %v", err)
		}
		closeFile(t, b)
		if _, err := os.Stat(path); err == nil {
			t.Error("the file was made")
		}
	}
}

// TestAppendingWhileLettersAreTaken: each letter is taken once, or left, whatever
// comes between what.
func TestAppendingWhileLettersAreTaken(t *testing.T) {
	const writers, each = 3, 40
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	var wg sync.WaitGroup
	for w := range writers {
		wg.Go(func() {
			f := NewFileWriter(path)
			for n := range each {
				if err := f.Put(t.Context(), letter(w*each+n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	ended := make(chan struct{})
	go func() { wg.Wait(); close(ended) }()
	count := map[string]int{}
	for running := true; running; {
		select {
		case <-ended:
			running = false
		default:
		}
		b := openFile(t, path)
		takeAll(t, b, func(key string) bool { count[key]++; return true })
		closeFile(t, b)
	}
	for key, n := range count {
		if n != 1 || key == "!" {
			t.Errorf("%s was taken %d times", key, n)
		}
	}
	if len(count) != writers*each || keys(t, path) != "" {
		t.Errorf("%d of %d letters, left: %s", len(count), writers*each, keys(t, path))
	}
}

// TestPutWaitsForTheLockNoLongerThanItsContext: somebody else holds it.
func TestPutWaitsForTheLockNoLongerThanItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dead.jsonl")
	put(t, NewFileWriter(path), 0)
	held, err := openLocked(t.Context(), func() (*os.File, error) { return os.Open(path) })
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*lockPoll)
	defer cancel()
	if err := NewFileWriter(path).Put(ctx, letter(1)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	put(t, NewFileWriter(path), 2)
	if got := keys(t, path); got != "k0 k2" {
		t.Errorf("the file has %s", got)
	}
}
