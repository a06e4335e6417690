package namecache

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/koji"
)

func TestMain(m *testing.M) {
	if os.Getenv(neighbourVariable) != "" {
		neighbour()
		return
	}
	goleak.VerifyTestMain(m)
}

// fakeHub is a source whose answers and failures are set by a test.
type fakeHub struct {
	mu    sync.Mutex
	names map[key]string
	err   error
	delay time.Duration // before the answer
	calls int
}

func newFakeHub() *fakeHub { return &fakeHub{names: map[key]string{}} }

func (h *fakeHub) set(kind Kind, id int64, name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.names[key{id, kind}] = name
}

func (h *fakeHub) fail(err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.err = err
}

func (h *fakeHub) think(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.delay = d
}

// asked returns the number of calls since the last time.
func (h *fakeHub) asked() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.calls
	h.calls = 0
	return n
}

func (h *fakeHub) Name(ctx context.Context, kind Kind, id int64) (string, error) {
	h.mu.Lock()
	h.calls++
	name, err, delay := h.names[key{id, kind}], h.err, h.delay
	h.mu.Unlock()
	if delay > 0 {
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return "", ctx.Err()
		}
	}
	switch {
	case err != nil:
		return "", err
	case name == "":
		return "", fmt.Errorf("hub getUser %d: %w", id, koji.ErrNotFound)
	}
	return name, nil
}

// open returns a cache that is closed at the end of the test.
func open(t testing.TB, o Options) *Cache {
	t.Helper()
	if o.Profile == "" {
		o.Profile = "lab"
	}
	c, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func wantName(t *testing.T, c *Cache, kind Kind, id int64, want string) {
	t.Helper()
	got, err := c.Get(t.Context(), kind, id)
	if err != nil || got != want {
		t.Fatalf("%s %d: got %q, %v; want %q", kind, id, got, err, want)
	}
}

func wantAsked(t *testing.T, h *fakeHub, want int) {
	t.Helper()
	if got := h.asked(); got != want {
		t.Fatalf("the hub was asked %d times, want %d", got, want)
	}
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func wantFile(t *testing.T, path, want string) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != want {
		t.Fatalf("%s: got %q, %v; want %q", path, got, err, want)
	}
}
