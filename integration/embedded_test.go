//go:build integration

package integration

import (
	"bytes"
	"context"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/daemon"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// TestEmbedded runs the daemon in the test's process, cuts its connection a few times and
// stops it. Leaked goroutines fail the whole package (see rig.Main).
func TestEmbedded(t *testing.T) {
	const n, cuts = 1_000, 5
	v := rig.Broker(t)
	link := rig.Proxy(t, v)
	c, err := sinkbuild.LoadConfig(durable(t, link.URL(v.URL())))
	if err != nil {
		t.Fatal(err)
	}
	var out, log buffer
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- daemon.Run(ctx, cliutil.Streams{In: bytes.NewReader(nil), Out: &out, Err: &log}, c, daemon.Options{})
	}()
	consuming(t, v)
	messages := recorded(t, n)
	for i := range cuts {
		publish(t, v, messages[i*n/cuts:(i+1)*n/cuts])
		rig.Eventually(t, patience, func() error { return lines(&out, (i+1)*n/cuts) })
		link.Cut(wire.Reset)
	}
	empty(t, v, queue)
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Fatal("the daemon does not end")
	}
	if t.Failed() {
		_, _ = os.Stderr.WriteString(log.String())
	}
}

func lines(out *buffer, want int) error {
	return atLeast(make([]struct{}, bytes.Count([]byte(out.String()), []byte("\n"))), want)
}

// buffer is a bytes.Buffer that is safe for concurrent use.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
