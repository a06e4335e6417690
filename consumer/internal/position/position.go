// Package position records which messages of a stream are settled. The broker does not: a
// stream keeps messages that were read.
package position

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
)

// maxFile is the maximum size of the file in bytes: room for the offsets of as many pending
// messages as a consumer can hold.
const maxFile = 4 << 20

// Position is the set of settled messages of a stream: all below an offset, except the
// pending ones.
type Position struct {
	path, stream string

	saving sync.Mutex // held while the file is written
	lock   *os.File

	mu      sync.Mutex
	known   bool // a place to read on from is known
	fresh   bool // nothing has been taken since that was found
	next    uint64
	pending map[uint64]struct{}
	dirty   bool
	end     uint64        // 0: none
	ended   chan struct{} // closed when all below the end have a verdict
}

// file is the stored form of a position.
type file struct {
	Stream  string   `json:"stream"`
	Next    uint64   `json:"next"`
	Pending []uint64 `json:"pending,omitempty"`
}

// New returns a position in a stream that is saved in the file at a path; "" does not save
// it. end is the offset before which reading ends; 0: it does not end.
func New(path, stream string, end uint64) *Position {
	return &Position{path: path, stream: stream, end: end, pending: map[uint64]struct{}{}, ended: make(chan struct{})}
}

// Acquire waits until no other process uses the position, and loads it. It calls waiting if
// another process does.
func (p *Position) Acquire(ctx context.Context, waiting func()) error {
	if p.path == "" {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(p.path), 0o700); err != nil {
		return fmt.Errorf("lock the position in a stream: %w", err)
	}
	lock, err := atomicfile.Lock(ctx, p.path+".lock", waiting)
	if err != nil {
		return fmt.Errorf("lock the position in a stream: %w", err)
	}
	if err := p.load(); err != nil {
		return errors.Join(err, lock.Close())
	}
	p.lock = lock
	return nil
}

// Release saves the position and lets other processes use it.
func (p *Position) Release() error {
	err := p.Save()
	if p.lock != nil {
		err = errors.Join(err, p.lock.Close())
		p.lock = nil
	}
	return err
}

// load reads the file, which another process may have changed. It ignores the file of
// another stream.
func (p *Position) load() error {
	f, err := os.Open(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read the position in a stream: %w", err)
	}
	defer func() { _ = f.Close() }()
	var kept file
	if err := json.NewDecoder(io.LimitReader(f, maxFile)).Decode(&kept); err != nil {
		return fmt.Errorf("read the position in a stream from %s: %w", p.path, err)
	}
	if kept.Stream != p.stream {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	pending := map[uint64]struct{}{}
	for _, offset := range kept.Pending {
		if offset < kept.Next {
			pending[offset] = struct{}{}
		}
	}
	if p.dirty && p.startLocked() >= start(kept.Next, pending) { // it could not be written
		return nil
	}
	p.known, p.next, p.pending = true, kept.Next, pending
	return nil
}

// Save writes the file if the position has changed.
func (p *Position) Save() error {
	p.saving.Lock()
	defer p.saving.Unlock()
	p.mu.Lock()
	kept := file{p.stream, p.next, slices.Sorted(maps.Keys(p.pending))}
	idle := p.path == "" || !p.dirty
	p.dirty = false
	p.mu.Unlock()
	if idle {
		return nil
	}
	err := atomicfile.Replace(p.path, func(f *os.File) error { return json.NewEncoder(f).Encode(kept) })
	if err != nil {
		p.mu.Lock()
		p.dirty = true
		p.mu.Unlock()
		return fmt.Errorf("write the position in a stream: %w", err)
	}
	return nil
}

// Start returns the offset where reading continues, and whether one is known.
func (p *Position) Start() (offset uint64, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.startLocked(), p.known
}

func (p *Position) startLocked() uint64 { return start(p.next, p.pending) }

// start returns the first offset that is not settled.
func start(next uint64, pending map[uint64]struct{}) uint64 {
	for offset := range pending {
		next = min(next, offset)
	}
	return next
}

// StartAt sets the offset where reading begins, and forgets what was read before.
func (p *Position) StartAt(offset uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known, p.fresh, p.dirty = true, true, true
	p.next, p.pending = offset, map[uint64]struct{}{}
	p.endLocked()
}

// Taken is the state of a message that was read.
type Taken uint8

const (
	// Pending is not settled yet.
	Pending Taken = iota
	// Settled was settled before.
	Settled
	// Beyond is at or after the end.
	Beyond
)

// ownOffsets is the number of consecutive offsets that a broker uses itself at the beginning
// of a segment file. It drops messages by whole segments.
const ownOffsets = 1

// Missed returns the number of offsets that a stream has dropped if it delivers offset where
// next was expected.
func Missed(next, offset uint64) uint64 {
	if offset <= next+ownOffsets {
		return 0
	}
	return offset - next
}

// Take records a message that was read, in order of the offsets. missed is the number of
// offsets before it that the stream no longer has.
func (p *Position) Take(offset uint64) (is Taken, missed uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.end > 0 && offset >= p.end {
		p.next = max(p.next, p.end)
		p.endLocked()
		return Beyond, 0
	}
	if offset < p.next {
		if _, pending := p.pending[offset]; !pending {
			return Settled, 0
		}
		return Pending, 0
	}
	if !p.fresh {
		missed = Missed(p.next, offset)
	}
	p.fresh, p.dirty = false, true
	p.next = offset + 1
	p.pending[offset] = struct{}{}
	return Pending, missed
}

// Begin records the first offset that a session has read. Pending messages before it are no
// longer in the stream; Begin returns their number.
func (p *Position) Begin(offset uint64) (missed uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for pending := range p.pending {
		if pending < offset {
			delete(p.pending, pending)
			missed, p.dirty = missed+1, true
		}
	}
	return missed
}

// Settle records that a message is settled.
func (p *Position) Settle(offset uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, pending := p.pending[offset]; pending {
		delete(p.pending, offset)
		p.dirty = true
	}
	p.endLocked()
}

// endLocked closes ended if all messages before the end are settled.
func (p *Position) endLocked() {
	if p.end == 0 || p.next < p.end || len(p.pending) > 0 {
		return
	}
	select {
	case <-p.ended:
	default:
		close(p.ended)
	}
}

// Ended returns a channel that is closed when all messages before the end are settled.
func (p *Position) Ended() <-chan struct{} { return p.ended }
