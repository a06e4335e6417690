package daemon

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/rs/zerolog"
)

// changes lists what a reload changes.
type changes struct {
	added, changed, removed []string // sinks
	unchanged               int      // of them
	waiting                 []string // keys for which a restart is needed
}

// String describes the changes, one per line.
func (c changes) String() string {
	var b strings.Builder
	for _, part := range []struct {
		what  string
		names []string
	}{{"added", c.added}, {"changed", c.changed}, {"removed", c.removed}, {"waiting for a restart", c.waiting}} {
		if len(part.names) > 0 {
			fmt.Fprintf(&b, "%s: %s\n", part.what, strings.Join(part.names, ", "))
		}
	}
	fmt.Fprintf(&b, "unchanged: %d\n", c.unchanged)
	return b.String()
}

func (c changes) log(line *zerolog.Event) {
	line.Strs("added", c.added).Strs("changed", c.changed).Strs("removed", c.removed).Int("unchanged", c.unchanged)
}

// do gives the pipeline what was made for it.
func (s *swap) do(ctx context.Context, grace time.Duration) error {
	if s.consumer == nil {
		return s.pipeline.swap(ctx, grace, s.generation)
	}
	taken := s.pipeline.restart(s.generation, s.consumer)
	timer := time.NewTimer(grace + lastGrace)
	defer timer.Stop()
	select {
	case <-taken:
	case <-s.pipeline.ended:
	case <-timer.C:
		return fmt.Errorf("sink %s: %w; it begins anew when it does", s.pipeline.name, errHanging)
	}
	return nil
}
