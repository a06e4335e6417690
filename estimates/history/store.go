package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/kojiwatch/kojiwatch/internal/boltfile"
)

// Store keeps a model in a file, which one process at a time can use. Writes are atomic. A
// store that has returned [ErrForeign] can only be closed.
type Store struct {
	db     *bolt.DB
	broken atomic.Bool
}

// The errors of Open, and of a store whose file is damaged while it is in use.
var (
	// ErrInUse reports that another process holds the file's lock.
	ErrInUse = boltfile.ErrInUse
	// ErrForeign reports that the file is not a history, has another format, or is
	// damaged.
	ErrForeign = boltfile.ErrDamaged
)

// format identifies the contents of the file, with a version.
const format = "kojiwatch history 1"

// lockWait is how long to wait for another process to release the file.
const lockWait = 250 * time.Millisecond

var (
	metaBucket     = []byte("meta")
	stateBucket    = []byte("cells")
	archBucket     = []byte("arches")
	quantileBucket = []byte("scales")
	formatMember   = []byte("format")
)

// Open opens the file, or creates it, and reads its model. It returns [ErrForeign], and leaves
// the file as it is, if the file is damaged or not a history.
func Open(path string, maxStates int) (*Store, *Model, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, nil, fmt.Errorf("history: %w", err)
	}
	s, m, err := open(path, maxStates)
	if err != nil {
		return nil, nil, fmt.Errorf("history %s: %w", path, err)
	}
	m.touched, m.touchedArches = map[key]struct{}{}, map[key]struct{}{}
	return s, m, nil
}

func open(path string, maxStates int) (*Store, *Model, error) {
	s, m := new(Store), New(maxStates)
	if err := s.guarded(func() error { return s.load(path, m) }); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, m, nil
}

// guarded calls do unless the file is damaged, and records whether do found that it is.
func (s *Store) guarded(do func() error) error {
	if s.broken.Load() {
		return ErrForeign
	}
	damaged, err := boltfile.Guard(do)
	if damaged {
		s.broken.Store(true)
	}
	return err
}

func (s *Store) load(path string, m *Model) (err error) {
	if s.db, err = boltfile.Open(path, false, lockWait); err != nil {
		return err
	}
	if err := s.db.Update(prepare); err != nil {
		return err
	}
	return s.db.View(func(tx *bolt.Tx) error { return read(tx, m, path) })
}

// prepare initialises a new file, and returns an error for a file of another format.
func prepare(tx *bolt.Tx) error {
	meta := tx.Bucket(metaBucket)
	if meta != nil {
		if got := meta.Get(formatMember); string(got) != format {
			return fmt.Errorf("%w: its format is %.40q, not %q", ErrForeign, got, format)
		}
		return nil
	}
	if name, _ := tx.Cursor().First(); name != nil {
		return fmt.Errorf("%w: it is a database of something else", ErrForeign)
	}
	for _, name := range [][]byte{metaBucket, stateBucket, archBucket, quantileBucket} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return tx.Bucket(metaBucket).Put(formatMember, []byte(format))
}

// read reads the whole model, and so detects any damage.
func read(tx *bolt.Tx, m *Model, path string) error {
	if info, err := os.Stat(path); err != nil || info.Size() < tx.Size() {
		return fmt.Errorf("%w: it was cut short", ErrForeign)
	}
	for _, b := range []struct {
		name []byte
		take func(k, v []byte) bool
	}{{stateBucket, m.readState}, {archBucket, m.readArches}, {quantileBucket, m.readQuantiles}} {
		bucket := tx.Bucket(b.name)
		if bucket == nil {
			return fmt.Errorf("%w: bucket %s is missing", ErrForeign, b.name)
		}
		err := bucket.ForEach(func(k, v []byte) error {
			if !b.take(k, v) {
				return fmt.Errorf("%w: a value in %s is damaged", ErrForeign, b.name)
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Mark returns the time that [Changes.Mark] stored by this name; zero if there is none.
func (s *Store) Mark(name string) time.Time {
	seconds, known := s.number("at " + name)
	if !known {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC() //nolint:gosec // as it was written
}

// Offset returns an offset in a stream that was written, and whether one was.
func (s *Store) Offset(stream, what string) (offset uint64, known bool) {
	return s.number(offsetMember(stream, what))
}

func offsetMember(stream, what string) string { return what + " in " + stream }

func (s *Store) number(member string) (n uint64, known bool) {
	_ = s.guarded(func() error { // it fails only if the store is closed or damaged
		return s.db.View(func(tx *bolt.Tx) error {
			if v := uncheck(tx.Bucket(metaBucket).Get([]byte(member))); len(v) == 8 {
				n, known = binary.BigEndian.Uint64(v), true
			}
			return nil
		})
	})
	return n, known
}

// Close closes the file. A damaged file stays open until the process ends.
func (s *Store) Close() error {
	if s.db == nil || s.broken.Load() {
		return nil
	}
	return s.db.Close()
}
