package facts

import (
	"errors"
	"fmt"
	"hash/maphash"
	"os"
	"sync"
	"time"
)

// maxEntries bounds what is remembered, at about 60 bytes of memory each.
const maxEntries = 1 << 20

// Memory holds the last fact of each subject that one sink was told of. It is written to
// files in the state folder, a file for each day, at the end of which every process that
// shares the folder appends: a replica that takes over knows what the one before told.
//
// Files are written without sync. A process that is killed loses nothing; a power cut
// may lose the last seconds, whose facts are then told again. It is safe for concurrent use.
type Memory struct {
	files segments
	keep  time.Duration
	seed  maphash.Seed

	mu        sync.Mutex
	entries   map[uint64]entry
	kinds     map[string]string // each once
	watermark time.Time
	since     time.Time // the first watermark that is remembered
	reached   time.Time // the newest time of the hub's that a message named
	heard     time.Time // when the last message came that was not made of what the hub says
	buffer    []byte
}

// Open reads what a sink was told of, as far back as keep. What it remembers of earlier
// is removed, but for the watermark.
func Open(dir, sink string, keep time.Duration, now time.Time) (*Memory, error) {
	m, _, err := read(dir, sink, keep)
	if err != nil {
		return nil, err
	}
	if err := m.files.open(now); err != nil {
		return nil, err
	}
	return m, errors.Join(m.catchUp(), m.forget(now))
}

// Read is Open for a process that only looks. The error is [os.ErrNotExist] if the sink
// remembers nothing.
func Read(dir, sink string, keep time.Duration) (*Memory, error) {
	m, files, err := read(dir, sink, keep)
	if err == nil && files == 0 {
		err = os.ErrNotExist
	}
	return m, err
}

func read(dir, sink string, keep time.Duration) (m *Memory, files int, err error) {
	m = &Memory{
		files: segments{dir: dir, sink: sink}, keep: keep, seed: maphash.MakeSeed(),
		entries: map[uint64]entry{}, kinds: map[string]string{},
	}
	names, err := m.files.list()
	if err != nil {
		return nil, 0, err
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			return nil, 0, fmt.Errorf("read what was told: %w", err)
		}
		m.apply(text)
	}
	return m, len(names), nil
}

// Close lets go of the file.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.files.close()
}

// Watermark returns the time up to which the hub was asked; zero if it never was.
func (m *Memory) Watermark() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.watermark
}

// Since returns from when on facts are to be told: the first watermark that is remembered.
func (m *Memory) Since() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.since
}

// Heard returns when the last message came to this process that was not made of what the
// hub says; zero if none has.
func (m *Memory) Heard() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.heard
}

// SetWatermark notes that the hub was asked for all up to a time.
func (m *Memory) SetWatermark(at, now time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.write(appendWatermark(nil, at), now)
}

// Reached returns the newest time of the hub's that a message has named: what the hub
// did later may still wait in the queue.
func (m *Memory) Reached() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.reached
}

// Known reports whether the sink need not be told a fact that the hub was asked for.
func (m *Memory) Known(f *Fact) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	e, ok := m.entries[m.hash(f.Subject)]
	return ok && e.known(f)
}

func (m *Memory) hash(subject string) uint64 { return maphash.String(m.seed, subject) }

// forget drops what is older than is kept, or more than is kept.
func (m *Memory) forget(now time.Time) error {
	for keep := m.keep; ; keep /= 2 {
		horizon := now.Add(-keep).UnixMicro()
		for key, e := range m.entries {
			if e.micros < horizon {
				delete(m.entries, key)
			}
		}
		if len(m.entries) <= maxEntries {
			return m.files.remove(now.Add(-m.keep - 24*time.Hour))
		}
	}
}

// write appends lines to the file and takes in what others have appended. Lines that
// cannot be written hold until the process ends.
func (m *Memory) write(lines []byte, now time.Time) error {
	rolled, err := m.files.roll(now)
	if rolled && err == nil {
		err = errors.Join(m.write(appendWatermark(nil, m.watermark), now), m.forget(now))
	}
	if err == nil {
		err = m.files.append(lines)
	}
	if err != nil {
		m.apply(lines)
		return fmt.Errorf("write what was told: %w", err)
	}
	return m.catchUp()
}

// catchUp takes in what was appended to the file since, by us or by others.
func (m *Memory) catchUp() error {
	text, err := m.files.news(m.buffer[:0])
	m.buffer = text[:0]
	m.apply(text)
	return err
}
