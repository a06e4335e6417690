package reconcile

import (
	"github.com/kojiwatch/kojiwatch/consumer"
)

// Cause says by what messages may have been missed.
type Cause string

// The causes of gaps.
const (
	// CauseSession is the loss of a session with the broker, which also ends those of
	// queues that go with it.
	CauseSession Cause = "session_lost"
	// CauseNewQueue is a queue that there was not: it was deleted, or has expired.
	CauseNewQueue Cause = "new_queue"
	// CausePurged is a queue that lost messages which nobody was handed: it was purged,
	// or they expired, or there was no room for them.
	CausePurged Cause = "purged"
	// CauseDropped is a stream that dropped messages before they had been read.
	CauseDropped Cause = "dropped"
	// CauseSilence is that no messages come although the hub is busy.
	CauseSilence Cause = "silence"
)

// Causes returns every cause.
func Causes() []Cause {
	return []Cause{CauseSession, CauseNewQueue, CausePurged, CauseDropped, CauseSilence}
}

// gaps finds, from what a consumer says of itself now and then, where messages may have
// been missed. It is for one goroutine.
type gaps struct {
	before consumer.Stats
	// counted is the backlog when the broker counted it last, and delivered how many
	// deliveries there had been a while before.
	counted   consumer.Depth
	delivered uint64
	first     uint64 // deliveries before the current session
}

// see returns which gaps there were since it was called last.
func (g *gaps) see(s *consumer.Stats) (found []Cause) {
	before := g.before
	g.before = *s
	if s.Epoch != before.Epoch {
		g.counted, g.first = consumer.Depth{}, before.Deliveries
		switch {
		case s.NewQueue:
			found = append(found, CauseNewQueue)
		case before.Epoch > 0:
			found = append(found, CauseSession)
		}
	}
	if s.Missed > before.Missed {
		found = append(found, CauseDropped)
	}
	if s.Backlog.Known() && !s.Backlog.At.Equal(g.counted.At) {
		if g.counted.Known() && g.purged(s) {
			found = append(found, CausePurged)
		}
		g.counted, g.delivered = s.Backlog, before.Deliveries
	}
	return found
}

// purged reports whether fewer messages wait than there were without those delivered
// since. What was delivered is counted for too long a time, so it never errs.
func (g *gaps) purged(s *consumer.Stats) bool {
	return uint64(g.counted.Messages) > uint64(s.Backlog.Messages)+s.Deliveries-g.delivered
}

// active reports whether the broker hands messages to this consumer: it is the only one,
// or it was handed some in this session.
func (g *gaps) active() bool {
	s := &g.before
	return s.Connected && (s.OtherConsumers == 0 || s.Deliveries > g.first)
}
