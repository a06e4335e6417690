//go:build integration

package main

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/proc"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// asReceiver is an environment variable that makes the test binary run the receiver.
const asReceiver = "KOJIWATCH_TEST_AS_RECEIVER"

func TestMain(m *testing.M) {
	if os.Getenv(asReceiver) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

const (
	oldSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	newSecret = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
)

// program is a running receiver.
type program struct {
	out *proc.Lines
	url string
}

// both runs a test with the receivers in both languages.
func both(t *testing.T, test func(t *testing.T, command []string)) {
	t.Helper()
	for name, command := range map[string][]string{"Go": {os.Args[0]}, "Python": {"python3", "receiver.py"}} {
		t.Run(name, func(t *testing.T) { test(t, command) })
	}
}

// start starts a receiver with the given secrets.
func start(t *testing.T, command []string, secrets string, args ...string) *program {
	t.Helper()
	p := &program{out: &proc.Lines{}}
	command = slices.Concat(command, []string{"--listen", "127.0.0.1:0"}, args)
	cmd := exec.Command(command[0], command[1:]...)
	cmd.Env = append(os.Environ(), asReceiver+"=1", "WEBHOOK_SECRET="+secrets)
	cmd.Stdout, cmd.Stderr = p.out, p.out
	child, err := proc.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = child.Stop(ctx, syscall.SIGTERM)
	})
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	line, err := p.out.WaitFor(ctx, child.Done(), regexp.MustCompile(`^listening at `))
	if err != nil {
		t.Fatalf("%v; output:\n%s", err, p.out)
	}
	p.url = "http://" + strings.TrimPrefix(line, "listening at ") + "/"
	return p
}

// handled returns how often the receiver has handled an event.
func (p *program) handled(id string) int {
	return strings.Count("\n"+p.out.String(), "\n\""+id+"\" ")
}

// wire is a transport that records a sink's requests and may change them.
type wire struct {
	http.RoundTripper
	change func(r *http.Request, body []byte) []byte
	last   *http.Request
	body   []byte
}

func (w *wire) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	out := r.Clone(r.Context())
	if w.change != nil {
		body = w.change(out, body)
	}
	w.last, w.body = out.Clone(context.WithoutCancel(r.Context())), body
	out.Body, out.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return w.RoundTripper.RoundTrip(out)
}

// sink returns the real webhook sink, which sends to p through w.
func sink(t *testing.T, p *program, secrets string, w *wire) *webhook.Sink {
	t.Helper()
	carrier, under := &http.Transport{}, &http.Transport{}
	t.Cleanup(carrier.CloseIdleConnections)
	w.RoundTripper = carrier
	under.RegisterProtocol("http", w)
	return webhook.New(webhook.Options{
		URL:  func() (string, error) { return p.url, nil },
		Form: webhook.JSON(false), Transport: under, Timeout: 20 * time.Second, UserAgent: "kojiwatch/test",
		Keys: func() ([][]byte, error) { return webhook.ParseKeys(secrets) },
	})
}

// send sends an event and checks that the receiver refuses it with the error want, or
// accepts it if want is "".
func send(t *testing.T, s *webhook.Sink, n int, want string) {
	t.Helper()
	err := s.Send(t.Context(), sinktest.Events(n, 1))
	if want == "" && err != nil || want != "" && (!sinks.IsRefusal(err) || !strings.Contains(err.Error(), want)) {
		t.Errorf("event %d: got %v, want %q", n, err, want)
	}
}

func (p *program) want(t *testing.T, n, times int) {
	t.Helper()
	id := sinktest.Events(n, 1)[0].ID
	deadline := time.Now().Add(20 * time.Second) // its output comes a moment after its answer
	for p.handled(id) < times && time.Now().Before(deadline) {
		time.Sleep(5 * time.Millisecond)
	}
	if got := p.handled(id); got != times {
		t.Errorf("event %d was handled %d times, want %d:\n%s", n, got, times, p.out)
	}
}
