package facts

import (
	"time"

	"github.com/kojiwatch/kojiwatch/event"
)

// Batch is events that a sink is sent together: those among them that it is not to be
// told, and the facts of the others. It is for one goroutine.
type Batch struct {
	memory *Memory
	now    time.Time
	last   map[string]entry // of this batch, by subject
}

// Batch begins a batch. What other processes have noted meanwhile counts.
func (m *Memory) Batch(now time.Time) (*Batch, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return &Batch{m, now, map[string]entry{}}, m.catchUp()
}

// Take reports whether the sink is to be told an event, given what it was told and what
// was taken before. A message may repeat what the hub was asked for, and the
// other way round.
func (b *Batch) Take(e *event.Event) bool {
	if e.Origin != event.Reconciled {
		b.memory.hear(b.now)
	}
	f, ok := Of(e)
	if !ok {
		return true
	}
	before, known := b.last[f.Subject]
	if !known {
		before, known = b.memory.entry(f.Subject)
	}
	reconciled := e.Origin == event.Reconciled
	if known && (reconciled && before.known(&f) || !reconciled && before.repeats(&f, came(e, b.now))) {
		return false
	}
	if !known || reconciled || !before.outlasts(&f, came(e, b.now)) {
		_, micros := mark(e, &f, b.now)
		b.last[f.Subject] = entry{micros, f.Kind, int8(f.Rank), reconciled}
	}
	return true
}

func (m *Memory) hear(now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.heard = now
}

func (m *Memory) entry(subject string) (entry, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[m.hash(subject)]
	return e, ok
}

// Note remembers that the sink has events. An error is about a restart: until then it
// is remembered.
func (m *Memory) Note(events []*event.Event, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	var lines []byte
	for _, e := range events {
		f, ok := Of(e)
		if !ok {
			continue
		}
		before, known := m.entries[m.hash(f.Subject)]
		if known && e.Origin != event.Reconciled && before.outlasts(&f, came(e, now)) {
			continue
		}
		how, micros := mark(e, &f, now)
		lines = appendFact(lines, how, micros, f.Rank, f.Kind, f.Subject)
	}
	if len(lines) == 0 {
		return nil
	}
	return m.write(lines, now)
}

// mark returns how a fact was told, and when it was.
func mark(e *event.Event, f *Fact, now time.Time) (mark byte, micros int64) {
	switch {
	case e.Origin == event.Reconciled:
		return markReconciled, f.At.UnixMicro()
	case !f.At.IsZero():
		return markStream, f.At.UnixMicro()
	}
	return markCame, came(e, now).UnixMicro()
}

func came(e *event.Event, now time.Time) time.Time {
	if e.ReceivedAt.IsZero() {
		return now
	}
	return e.ReceivedAt
}
