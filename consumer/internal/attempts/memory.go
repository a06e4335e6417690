// Package attempts counts the failed attempts at deliveries, over sessions and restarts.
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
	// maxRemembered is the maximum number of deliveries in a memory. More fail at once only
	// if the receiver is down, and then failures hardly count.
	maxRemembered = 4096
	// rememberFor is how long the attempts at a delivery that is not delivered again are
	// remembered.
	rememberFor = 7 * 24 * time.Hour
	// saveEvery is the shortest time between saves. A crash loses the attempts of that time.
	saveEvery = 10 * time.Second
	// maxAttemptsFile is the maximum size of the file in bytes.
	maxAttemptsFile = 4 << 20
)

// deliveryID identifies a message over sessions and restarts. Identical messages without a
// message id share one.
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

// Memory holds the failed attempts at unsettled deliveries. Sessions end while a delivery
// fails, and the next one must not start counting from zero; with a file, neither does a
// restart.
type Memory struct {
	path string // empty: nothing is saved

	any   atomic.Bool // something is remembered
	mu    sync.Mutex
	byID  map[deliveryID]*Tries
	saved time.Time
	dirty bool
}

// NewMemory returns a memory that is saved in the file at a path; "" does not save it.
func NewMemory(path string) *Memory {
	return &Memory{path: path, byID: map[deliveryID]*Tries{}}
}

// Any reports whether the memory holds any attempts.
func (m *Memory) Any() bool { return m.any.Load() }

// Recall returns the failed attempts at a delivery; nil if there were none.
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

// Remember stores the failed attempts at a delivery.
func (m *Memory) Remember(d *message.Delivery, t *Tries) {
	copied := *t
	m.mu.Lock()
	m.byID[idOf(d)] = &copied
	m.dirty = true
	m.forgetLocked(t.Last)
	m.mu.Unlock()
	m.any.Store(true)
}

// forgetLocked drops deliveries that were not delivered again, and those beyond the limit.
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

// Settled removes a delivery.
func (m *Memory) Settled(d *message.Delivery) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.byID, idOf(d))
	m.dirty = true
	m.any.Store(len(m.byID) > 0)
}

// Load reads the file if it exists. After an error the memory is empty, and deliveries are
// retried for longer.
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

// Save writes the file if the memory has changed, and if the last save was long enough ago or
// must is set.
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
