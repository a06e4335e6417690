package rig

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

// current has what the tests of this process share: a broker, which takes seconds to
// start, and the daemon's binary. They must live as long as the process, so they are in
// a global variable.
var current *suite

// suite has what exists from the start of Main to its end.
type suite struct {
	dir string // contains all files of the rig; removed at the end

	brokerOnce sync.Once
	broker     *backend
	brokerErr  error

	buildMu sync.Mutex
	built   map[string]program

	mu      sync.Mutex
	closing bool
	servers map[server]struct{}
}

// Main runs the tests of a package, cleans up what they shared, and exits. A leaked
// goroutine counts as a failure, unless the options ignore it.
func Main(m *testing.M, ignore ...goleak.Option) {
	os.Exit(run(m, ignore))
}

func run(m *testing.M, ignore []goleak.Option) int {
	dir, err := os.MkdirTemp("", "kojiwatch-rig-")
	if err != nil {
		fmt.Fprintln(os.Stderr, "rig:", err)
		return 1
	}
	s := &suite{dir: dir, built: map[string]program{}, servers: map[server]struct{}{}}
	current = s
	done := s.endOnSignal()
	code := m.Run()
	done()
	s.end()
	if err := goleak.Find(ignore...); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, "rig: leaked goroutines:", err)
		return 1
	}
	return code
}

// endOnSignal cleans up when the tests are interrupted, which the testing package does
// not do. The returned function stops handling signals.
func (s *suite) endOnSignal() func() {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	var watch sync.WaitGroup
	watch.Go(func() {
		sig, ok := (<-signals).(syscall.Signal)
		if !ok {
			return
		}
		s.end()
		os.Exit(128 + int(sig))
	})
	return func() {
		signal.Stop(signals)
		close(signals)
		watch.Wait()
	}
}

// own registers a server that must be closed with the suite, if not before.
func (s *suite) own(server server) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		server.Close()
		return errors.New("the tests are ending")
	}
	s.servers[server] = struct{}{}
	return nil
}

// disown closes a server before the suite ends.
func (s *suite) disown(server server) {
	server.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.servers, server)
}

func (s *suite) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closing = true
	for server := range s.servers {
		server.Close()
	}
	if s.broker != nil {
		s.broker.admin.Forget()
	}
	if err := os.RemoveAll(s.dir); err != nil {
		fmt.Fprintln(os.Stderr, "rig:", err)
	}
}

// the returns the suite, or fails a test in a package that does not call Main.
func the(t testing.TB) *suite {
	t.Helper()
	if current == nil {
		t.Fatal("rig: this package lacks func TestMain(m *testing.M) { rig.Main(m) }")
	}
	return current
}

// TempDir creates a folder that is removed when the test ends or is interrupted. Its
// path is short enough for sockets.
func TempDir(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp(the(t).dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}
