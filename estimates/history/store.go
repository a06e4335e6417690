package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync/atomic"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

// Store keeps a model in a file, which one process uses at a time. What is written is
// whole even if the process is killed meanwhile. A store that has returned
// [ErrForeign] can only be closed.
type Store struct {
	db     *bolt.DB
	broken atomic.Bool
}

// The errors of Open, and of a store whose file is damaged while it is in use.
var (
	// ErrInUse is that another process has the file.
	ErrInUse = errors.New("another process uses it")
	// ErrForeign is that the file is not a history, of another format, or damaged.
	ErrForeign = errors.New("not a readable history")
)

// format names what the file holds. Another number starts anew.
const format = "kojiwatch history 1"

// lockWait is how long another process may take to let go of the file.
const lockWait = 250 * time.Millisecond

var (
	metaBucket   = []byte("meta")
	cellBucket   = []byte("cells")
	archBucket   = []byte("arches")
	scaleBucket  = []byte("scales")
	formatMember = []byte("format")
)

// Open opens the file, made if it is missing, and reads the model in it. A file that
// is no history, or a damaged one, is [ErrForeign] and stays as it is.
func Open(path string, maxCells int) (*Store, *Model, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return nil, nil, fmt.Errorf("history: %w", err)
	}
	s, m, err := open(path, maxCells)
	if err != nil {
		return nil, nil, fmt.Errorf("history %s: %w", path, err)
	}
	m.touched, m.touchedArches = map[key]struct{}{}, map[key]struct{}{}
	return s, m, nil
}

func open(path string, maxCells int) (*Store, *Model, error) {
	s, m := new(Store), New(maxCells)
	if err := s.guarded(func() error { return s.load(path, m) }); err != nil {
		return nil, nil, errors.Join(err, s.Close())
	}
	return s, m, nil
}

// guarded does something with the file. A damaged one makes bbolt panic, and one that
// was cut short faults. After that bbolt may hold its locks for ever, so the store
// asks it for nothing more.
func (s *Store) guarded(do func() error) (err error) {
	if s.broken.Load() {
		return ErrForeign
	}
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			s.broken.Store(true)
			err = fmt.Errorf("%w: %v", ErrForeign, p)
		}
	}()
	return do()
}

func (s *Store) load(path string, m *Model) (err error) {
	s.db, err = bolt.Open(path, 0o600, &bolt.Options{Timeout: lockWait})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return ErrInUse
	case err != nil && !errors.As(err, new(*os.PathError)):
		return fmt.Errorf("%w: %w", ErrForeign, err)
	case err != nil:
		return err
	}
	if err := s.db.Update(prepare); err != nil {
		return err
	}
	return s.db.View(func(tx *bolt.Tx) error { return read(tx, m, path) })
}

// prepare makes a new file a history, and refuses one that is something else.
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
	for _, name := range [][]byte{metaBucket, cellBucket, archBucket, scaleBucket} {
		if _, err := tx.CreateBucket(name); err != nil {
			return err
		}
	}
	return tx.Bucket(metaBucket).Put(formatMember, []byte(format))
}

// read reads everything, and so finds what is damaged.
func read(tx *bolt.Tx, m *Model, path string) error {
	if info, err := os.Stat(path); err != nil || info.Size() < tx.Size() {
		return fmt.Errorf("%w: it was cut short", ErrForeign)
	}
	for _, b := range []struct {
		name []byte
		take func(k, v []byte) bool
	}{{cellBucket, m.readCell}, {archBucket, m.readArches}, {scaleBucket, m.readScale}} {
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

// Mark returns a point in time that was written by a name; zero if there is none.
func (s *Store) Mark(name string) (at time.Time) {
	_ = s.guarded(func() error { // it fails only if the store is closed or damaged
		return s.db.View(func(tx *bolt.Tx) error {
			if v := uncheck(tx.Bucket(metaBucket).Get(markMember(name))); len(v) == 8 {
				at = time.Unix(int64(binary.BigEndian.Uint64(v)), 0).UTC() //nolint:gosec // as it was written
			}
			return nil
		})
	})
	return at
}

func markMember(name string) []byte { return []byte("at " + name) }

// Close closes the file. A damaged one stays open until the process ends.
func (s *Store) Close() error {
	if s.db == nil || s.broken.Load() {
		return nil
	}
	return s.db.Close()
}
