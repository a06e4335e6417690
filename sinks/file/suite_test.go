package file

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

// failing is a sink whose next sends fail, because the path is a folder.
type failing struct {
	*Sink
	left int
}

func (f *failing) Send(ctx context.Context, events []*event.Event) error {
	if f.left == 0 {
		return f.Sink.Send(ctx, events)
	}
	f.left--
	good := f.o.Path
	f.o.Path = filepath.Dir(good)
	f.Reopen()
	err := f.Sink.Send(ctx, events)
	f.o.Path = good
	return err
}

// TestSuite runs the tests of all sinks, while the file is rotated.
func TestSuite(t *testing.T) {
	sinktest.Run(t, func(t *testing.T) *sinktest.World {
		path := filepath.Join(t.TempDir(), "events.jsonl")
		s := &failing{Sink: New(Config{Path: path, MaxSize: 1000})}
		return &sinktest.World{
			Sink: s,
			Arrived: func() []string {
				paths := rotated(t, path)
				if _, err := os.Stat(path); err == nil {
					paths = append(paths, path)
				}
				got, torn := ids(t, paths...)
				if torn > 0 {
					t.Errorf("%d torn lines", torn)
				}
				return got
			},
			Fail: func(n int) { s.left = n },
		}
	})
}
