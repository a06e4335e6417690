package stdout_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// reader records the ids of the events that are written to it, one per line.
type reader struct {
	mu   sync.Mutex
	fail int // how many more writes fail
	ids  []string
}

func (r *reader) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fail > 0 {
		r.fail--
		return 0, errors.New("no space left on device")
	}
	r.ids = append(r.ids, strings.Fields(string(p))...)
	return len(p), nil
}

func TestSuite(t *testing.T) {
	sinktest.Run(t, func(*testing.T) *sinktest.World {
		r := &reader{}
		return &sinktest.World{
			Sink:    stdout.New(r, id),
			Arrived: func() []string { return r.ids },
			Fail:    func(n int) { r.fail = n },
		}
	})
}
