package announce

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
)

// format is the version of the form of the file.
const format = 1

// ErrFormat reports that a file is none of this version's.
var ErrFormat = errors.New("not events of this version that wait for their queues")

// The bounds of an outbox.
const (
	// maxAge is how long an event waits for a queue: later it is no news.
	maxAge = 24 * time.Hour
	// maxWaiting is how many wait. The oldest makes way.
	maxWaiting = 1000
)

// Outbox holds the events that are not in every queue yet. It may be used by several
// goroutines.
type Outbox struct {
	path string // "": in memory only

	mu      sync.Mutex
	waiting []*entry
}

// entry is an event that waits.
type entry struct {
	ID    string          `json:"id"`
	Since time.Time       `json:"since"`
	Event json.RawMessage `json:"event"`
	Sinks []string        `json:"sinks"` // whose queues do not have it
}

type record struct {
	Format  int      `json:"format"`
	Waiting []*entry `json:"waiting"`
}

// maxID is how many bytes AMQP allows an id.
const maxID = 255

// ID returns an id of these parts, which is their hash if they are too long.
func ID(parts ...string) string {
	id := strings.Join(parts, " ")
	if len(id) <= maxID {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return hex.EncodeToString(sum[:16])
}

// Open returns the outbox that is kept in a file; without a path it is in memory only. If the
// file cannot be read, the outbox is empty, and an error says why.
func Open(path string) (*Outbox, error) {
	o := &Outbox{path: path}
	if path == "" {
		return o, nil
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return o, nil
	}
	if err != nil {
		return o, err
	}
	var r record
	if err := json.Unmarshal(text, &r); err != nil {
		return o, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if r.Format != format || slices.Contains(r.Waiting, nil) {
		return o, ErrFormat
	}
	o.waiting = r.Waiting
	return o, nil
}

// Add takes in events for sinks, and returns once they are kept. An event whose id waits
// already is left out.
func (o *Outbox) Add(events []*event.Event, sinks []string, now time.Time) error {
	if len(events) == 0 || len(sinks) == 0 {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, e := range events {
		if slices.ContainsFunc(o.waiting, func(w *entry) bool { return w.ID == e.ID }) {
			continue
		}
		o.waiting = append(o.waiting, &entry{ID: e.ID, Since: now, Event: e.AppendJSON(nil), Sinks: slices.Clone(sinks)})
	}
	if excess := len(o.waiting) - maxWaiting; excess > 0 {
		o.waiting = slices.Delete(o.waiting, 0, excess)
	}
	return o.keep()
}

// Waiting returns how many events are not in every queue yet.
func (o *Outbox) Waiting() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.waiting)
}

// settle notes that sinks have events or shall not get them, and forgets what waits for too
// long or for none.
func (o *Outbox) settle(settled func(e *entry, sink string) bool, now time.Time) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	changed := false
	o.waiting = slices.DeleteFunc(o.waiting, func(e *entry) bool {
		left := slices.DeleteFunc(slices.Clone(e.Sinks), func(sink string) bool { return settled(e, sink) })
		changed = changed || len(left) < len(e.Sinks)
		e.Sinks = left
		over := len(left) == 0 || now.Sub(e.Since) > maxAge
		changed = changed || over
		return over
	})
	if !changed {
		return nil
	}
	return o.keep()
}

// snapshot returns copies of what waits.
func (o *Outbox) snapshot() []entry {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]entry, 0, len(o.waiting))
	for _, e := range o.waiting {
		all = append(all, *e)
	}
	return all
}

// keep writes the file.
func (o *Outbox) keep() error {
	if o.path == "" {
		return nil
	}
	if err := atomicfile.ReplaceJSON(o.path, record{format, o.waiting}); err != nil {
		return fmt.Errorf("keep events for the queues of sinks: %w", err)
	}
	return nil
}
