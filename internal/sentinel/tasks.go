package sentinel

import (
	"cmp"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// quiet is how long a log must stand still before its task counts as hung: a linker or a
// test may be silent for some minutes.
const quiet = 10 * time.Minute

// findOverdue finds tasks that run for too long and whose log stands still.
func (s *Sentinel) findOverdue(report func(Alert)) {
	if s.opts.Logs == nil {
		return
	}
	for id, t := range s.tasks {
		if !t.isLate(s.now) {
			continue
		}
		silent := s.opts.Logs.Silent(id, s.now)
		if silent < quiet {
			continue
		}
		report(Alert{
			Subject: Subject{Task: id}, Host: t.host,
			Evidence: fmt.Sprintf("%s %d of %s has run for %s on %s, 99 of 100 such tasks end within %s, and its log has not grown for %s.",
				t.Name, id, cmp.Or(t.pkg, "no package"), span(s.now.Sub(t.since)), cmp.Or(t.host, "its host"), span(t.late), span(silent)),
			Remedy: fmt.Sprintf("Look at the end of its log; if it hangs, `koji cancel %d` and build again, or `koji free-task %d` as an administrator.", id, id),
			Tasks:  []koji.Ref{t.Ref},
		})
	}
}

// oftenFreed is how often a task is given back before that is no coincidence: a host that
// is restarted gives its tasks back once.
const oftenFreed = 3

// findFreed finds tasks that were given back again and again.
func (s *Sentinel) findFreed(report func(Alert)) {
	for id, t := range s.tasks {
		if t.freed < oftenFreed {
			continue
		}
		report(Alert{
			Subject: Subject{Task: id},
			Evidence: fmt.Sprintf("%s %d of %s was given back to the queue %d times after it had begun.",
				t.Name, id, cmp.Or(t.pkg, "no package"), t.freed),
			Remedy: fmt.Sprintf("It may take its hosts down (memory, disk): look at the logs of the builders it ran on, and `koji cancel %d`.", id),
			Tasks:  []koji.Ref{t.Ref},
		})
	}
}

// span writes a duration for people.
func span(d time.Duration) string {
	switch {
	case d < 2*time.Minute:
		return d.Round(time.Second).String()
	case d < 48*time.Hour:
		d = d.Round(time.Minute)
		if h := d / time.Hour; h > 0 {
			return fmt.Sprintf("%d h %d min", h, (d%time.Hour)/time.Minute)
		}
		return fmt.Sprintf("%d min", d/time.Minute)
	}
	return fmt.Sprintf("%d days", d.Round(24*time.Hour)/(24*time.Hour))
}
