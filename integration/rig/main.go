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

// current holds what the tests of this process share: a broker that takes seconds
// to start, and the daemon's program. Nothing but the process itself lives as
// long as they do.
var current *suite

// suite holds what lives from the start of Main to its end.
type suite struct {
	dir string // holds all files of the rig; removed at the end

	brokerOnce sync.Once
	broker     *backend
	brokerErr  error

	buildMu sync.Mutex
	built   map[string]program

	mu      sync.Mutex
	closing bool
	servers map[server]struct{}
}

// Main runs the tests of a package, ends what they shared, and exits. A
// goroutine that is left over then counts as a failure, except for those that
// the options name.
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
		fmt.Fprintln(os.Stderr, "rig: goroutines left over:", err)
		return 1
	}
	return code
}

// endOnSignal cleans up when the tests are interrupted: the testing package
// just dies. The function given back ends the watch.
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

// own has a server ended at the latest with the suite.
func (s *suite) own(server server) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		server.Close()
		return errors.New("the tests are at their end")
	}
	s.servers[server] = struct{}{}
	return nil
}

// disown ends a server before the suite ends.
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

// the gives what the tests share, or ends a test of a package without Main.
func the(t testing.TB) *suite {
	t.Helper()
	if current == nil {
		t.Fatal("rig: this package lacks func TestMain(m *testing.M) { rig.Main(m) }")
	}
	return current
}

// TempDir is a folder that is removed when the test ends, and also when it is
// interrupted. Its path is short, as sockets need.
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
