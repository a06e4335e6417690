package buildsystem

import (
	"maps"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/buildlog"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Stats are the counts of a system at a time.
type Stats struct {
	Queue []Row
	// Waits is how long tasks waited until they started for the first time, Runs how long
	// those ran that did their work.
	Waits, Runs map[Work]Histogram
	Ends        map[End]uint64
	Builds      map[BuildEnd]uint64
	// Failures counts top-level tasks that failed, by the kind of cause, where it is known.
	Failures map[buildlog.Kind]uint64
}

// Row is what waits and runs in a channel for an arch. Tasks that only wait for those below
// them do not run.
type Row struct {
	Channel, Arch    string
	Waiting, Running int
	// Oldest is the age of the task that waits longest.
	Oldest time.Duration
	// Drain is the time until the last of those that wait will have started. It is negative
	// where that is not known.
	Drain time.Duration
}

// Work is what durations are counted by.
type Work struct{ Method, Arch string }

// End is how tasks of a method ended: closed, failed or canceled.
type End struct{ Method, Outcome string }

// BuildEnd is how builds for a target ended: complete, failed or canceled.
type BuildEnd struct{ Target, Outcome string }

// queueKey names a row.
type queueKey struct{ channel, arch string }

// Stats returns the counts of now.
func (s *System) Stats() Stats {
	now := s.opts.Now()
	s.mu.Lock()
	s.forgetSilent(now)
	rows := s.queue(now)
	stats := Stats{
		Waits: copyOf(s.waits), Runs: copyOf(s.runs), Ends: maps.Clone(s.ends), Builds: maps.Clone(s.builds),
		Failures: maps.Clone(s.failures),
	}
	s.mu.Unlock()
	for _, r := range rows {
		r.Drain = s.drain(r, now) // which asks others, while events go on
		stats.Queue = append(stats.Queue, r.Row)
	}
	return stats
}

// openRow is a row, and which of its tasks may start last.
type openRow struct {
	Row
	newest, last task
}

// queue counts the tasks that have not ended, in every row that there ever was: what is
// empty now is 0.
func (s *System) queue(now time.Time) map[queueKey]*openRow {
	rows := map[queueKey]*openRow{}
	for k := range s.rows.known {
		rows[k] = &openRow{Row: Row{Channel: k.channel, Arch: k.arch}}
	}
	for id, t := range s.tasks {
		if t.state == koji.TaskOpen && s.children[id] > 0 || rank(t.state) == 0 {
			continue
		}
		k := s.rows.of(t.row())
		if rows[k] == nil {
			rows[k] = &openRow{Row: Row{Channel: k.channel, Arch: k.arch}}
		}
		rows[k].add(t, now)
	}
	return rows
}

func (r *openRow) add(t *task, now time.Time) {
	if !t.waits() {
		r.Running++
		return
	}
	r.Waiting++
	if !t.created.IsZero() {
		r.Oldest = max(r.Oldest, now.Sub(t.created))
	}
	if r.newest.id == 0 || t.created.After(r.newest.created) {
		r.newest = *t
	}
	if t.startsAt.After(r.last.startsAt) {
		r.last = *t
	}
}

// drain asks for two tasks only, for each answer goes through the queue: the newest one, and
// the one that was to start last when an event was about it.
func (s *System) drain(r *openRow, now time.Time) time.Duration {
	if r.Waiting == 0 {
		return 0
	}
	var last time.Time
	for _, t := range []*task{&r.newest, &r.last} {
		at := t.startsAt
		if s.opts.StartsAt != nil && t.id != 0 {
			at = s.opts.StartsAt(t.id, now)
		}
		if at.After(last) {
			last = at
		}
	}
	if last.IsZero() {
		return -1
	}
	return max(0, last.Sub(now))
}
