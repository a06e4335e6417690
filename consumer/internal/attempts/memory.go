// Package attempts counts the attempts at deliveries that fail, and remembers them.
package attempts

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/message"
	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
)

const (
	// maxRemembered bounds the deliveries whose attempts are remembered. More than
	// that fail at once only where the receiver is down, and then they hardly count.
	maxRemembered = 4096
	// rememberFor is how long the attempts at a delivery that does not come again
	// are remembered.
	rememberFor = 7 * 24 * time.Hour
	// saveEvery bounds how many attempts a crash forgets.
	saveEvery = 10 * time.Second
	// maxAttemptsFile bounds what is read of a file.
	maxAttemptsFile = 4 << 20
)

// deliveryID tells deliveries apart, over sessions and restarts. Messages that say
// the same to the letter, without an id of their own, share one.
type deliveryID [16]byte

func idOf(d *message.Delivery) (id deliveryID) {
	h := sha256.New()
	for _, part := range []string{d.Exchange, d.RoutingKey, d.MessageID} {
		_, _ = fmt.Fprintf(h, "%d %s", len(part), part)
	}
	h.Write(d.Body)
	copy(id[:], h.Sum(nil))
	return id
}

// MarshalText implements encoding.TextMarshaler.
func (id deliveryID) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, id[:]), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *deliveryID) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(id) {
		return errors.New("not the id of a delivery")
	}
	_, err := hex.Decode(id[:], text)
	return err
}

// Memory remembers what was spent on deliveries that failed and have no
// verdict yet. Sessions end while a delivery fails, and its limit must not
// begin anew with each; with a file it does not begin anew with a restart either.
type Memory struct {
	path string // empty: nothing is saved

	any   atomic.Bool // something is remembered
	mu    sync.Mutex
	byID  map[deliveryID]*Tries
	saved time.Time
	dirty bool
}

// NewMemory returns a memory that is kept in the file at a path; "" keeps it in none.
func NewMemory(path string) *Memory {
	return &Memory{path: path, byID: map[deliveryID]*Tries{}}
}

// Any reports whether something is remembered.
func (m *Memory) Any() bool { return m.any.Load() }

// Recall returns what was spent on a delivery before; nil is nothing.
func (m *Memory) Recall(d *message.Delivery) *Tries {
	if !m.any.Load() {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	t, ok := m.byID[idOf(d)]
	if !ok {
		return nil
	}
	copied := *t
	return &copied
}

// Remember notes what has been spent on a delivery.
func (m *Memory) Remember(d *message.Delivery, t *Tries) {
	copied := *t
	m.mu.Lock()
	m.byID[idOf(d)] = &copied
	m.dirty = true
	m.forgetLocked(t.Last)
	m.mu.Unlock()
	m.any.Store(true)
}

// forgetLocked drops what did not come again, and what is too much.
func (m *Memory) forgetLocked(now time.Time) {
	if len(m.byID) <= maxRemembered {
		return
	}
	var oldest deliveryID
	var at time.Time
	for id, t := range m.byID {
		if now.Sub(t.Last) > rememberFor {
			delete(m.byID, id)
		} else if at.IsZero() || t.Last.Before(at) {
			oldest, at = id, t.Last
		}
	}
	if len(m.byID) > maxRemembered {
		delete(m.byID, oldest)
	}
}

// Settled forgets a delivery that has a verdict.
func (m *Memory) Settled(d *message.Delivery) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.byID, idOf(d))
	m.dirty = true
	m.any.Store(len(m.byID) > 0)
}

// Load reads the file, if there is one. One that cannot be read is as good as none:
// its deliveries are tried for longer.
func (m *Memory) Load() error {
	if m.path == "" {
		return nil
	}
	f, err := os.Open(m.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read attempts: %w", err)
	}
	defer func() { _ = f.Close() }()
	byID := map[deliveryID]*Tries{}
	if err := json.NewDecoder(io.LimitReader(f, maxAttemptsFile)).Decode(&byID); err != nil {
		return fmt.Errorf("read attempts from %s: %w", m.path, err)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, t := range byID {
		if t != nil && len(m.byID) < maxRemembered && time.Since(t.Last) < rememberFor {
			m.byID[id] = t
		}
	}
	m.any.Store(len(m.byID) > 0)
	return nil
}

// Save writes the file if something has changed; not always, unless it must.
func (m *Memory) Save(must bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.path == "" || !m.dirty || !must && time.Since(m.saved) < saveEvery {
		return nil
	}
	m.saved = time.Now()
	if len(m.byID) == 0 {
		if err := os.Remove(m.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("remove attempts: %w", err)
		}
		m.dirty = false
		return nil
	}
	err := os.MkdirAll(filepath.Dir(m.path), 0o700)
	if err == nil {
		err = atomicfile.Replace(m.path, func(f *os.File) error { return json.NewEncoder(f).Encode(m.byID) })
	}
	if err != nil {
		return fmt.Errorf("write attempts: %w", err)
	}
	m.dirty = false
	return nil
}
