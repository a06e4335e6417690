// Package position keeps how far a stream was read. A stream forgets nothing that was
// read, so it is for the reader to know which messages have a verdict.
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

// maxFile bounds what is read of a file: the offsets of as many pending messages as a
// consumer can hold.
const maxFile = 4 << 20

// Position tells which messages of a stream have a verdict: all below an offset, but
// for those that are pending.
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

// file is what is kept of a position.
type file struct {
	Stream  string   `json:"stream"`
	Next    uint64   `json:"next"`
	Pending []uint64 `json:"pending,omitempty"`
}

// New returns a position in a stream that is kept in the file at a path; "" keeps it in
// none. End is the offset at which reading ends; 0: it does not.
func New(path, stream string, end uint64) *Position {
	return &Position{path: path, stream: stream, end: end, pending: map[uint64]struct{}{}, ended: make(chan struct{})}
}

// Acquire waits until no other process has the position, and reads what was kept of it.
// Waiting is told if there is one that has it.
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

// Release keeps the position and lets other processes have it.
func (p *Position) Release() error {
	err := p.Save()
	if p.lock != nil {
		err = errors.Join(err, p.lock.Close())
		p.lock = nil
	}
	return err
}

// load reads the file, which another process may have changed. One that is about another
// stream says nothing.
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

// Save writes the file if something has changed.
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

// Start returns the offset to read on from, and whether one is known.
func (p *Position) Start() (offset uint64, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.startLocked(), p.known
}

func (p *Position) startLocked() uint64 { return start(p.next, p.pending) }

// start returns the first offset that has no verdict.
func start(next uint64, pending map[uint64]struct{}) uint64 {
	for offset := range pending {
		next = min(next, offset)
	}
	return next
}

// StartAt has reading begin at an offset, whatever was read before.
func (p *Position) StartAt(offset uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known, p.fresh, p.dirty = true, true, true
	p.next, p.pending = offset, map[uint64]struct{}{}
	p.endLocked()
}

// Taken says what is to be done with a message.
type Taken uint8

const (
	// Pending has no verdict yet.
	Pending Taken = iota
	// Settled had its verdict before.
	Settled
	// Beyond is behind the end.
	Beyond
)

// ownOffsets is how many offsets in a row a broker uses for itself, where it begins another
// file. It drops messages by whole files.
const ownOffsets = 1

// Missed returns how many messages, by their offsets, a stream has dropped if the next one
// was to be at an offset and comes at another.
func Missed(next, offset uint64) uint64 {
	if offset <= next+ownOffsets {
		return 0
	}
	return offset - next
}

// Take enters a message that was read. Missed is how many there have been before it, by
// their offsets, which the stream no longer has. Messages come in order.
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

// Begin notes the first offset that a session has read: what was pending before it is no
// longer in the stream. It returns how many that were.
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

// Settle notes that messages have their verdict.
func (p *Position) Settle(offset uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, pending := p.pending[offset]; pending {
		delete(p.pending, offset)
		p.dirty = true
	}
	p.endLocked()
}

// endLocked ends the reading if all below the end have a verdict.
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

// Ended is closed when all below the end have a verdict.
func (p *Position) Ended() <-chan struct{} { return p.ended }
