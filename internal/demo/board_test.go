package demo

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// said is what the demo says on standard error.
type said struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *said) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *said) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// TestBoard: the story is on the board, which stays until the end, with what is known of the
// builds of the days before.
func TestBoard(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var said said
	ended := make(chan error)
	go func() {
		ended <- Play(ctx, cliutil.Streams{Out: io.Discard, Err: &said}, Options{Format: "text", Board: "127.0.0.1:0"})
	}()
	address := regexp.MustCompile(`stays at (http://\S+/)`)
	for deadline := time.Now().Add(time.Minute); !address.MatchString(said.String()); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("no board: %s", said.String())
		}
	}
	at := address.FindStringSubmatch(said.String())[1]
	front := wait(t, at, "buildArch for ppc64le on buildvm-ppc64le-01 failed")
	build := regexp.MustCompile(`/(task/\d+)"><bdi>bash-5\.3\.9-2`).FindStringSubmatch(front)
	if build == nil {
		t.Fatalf("bash is not on the page:\n%s", front)
	}
	wait(t, at+build[1], "Last builds of the package")
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}

// wait returns a page when it has a text.
func wait(t *testing.T, address, want string) string {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(50 * time.Millisecond) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || time.Now().After(deadline) {
			t.Fatalf("%v: %s lacks %q:\n%s", err, address, want, text)
		}
		if strings.Contains(string(text), want) {
			return string(text)
		}
	}
}
