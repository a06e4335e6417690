package history_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/kojiwatch/kojiwatch/estimates/history"
)

func open(t *testing.T, path string) (*history.Store, *history.Model) {
	t.Helper()
	s, m, err := history.Open(path, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s, m
}

// written is the path of a history that has learnt of bash.
func written(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state", "history.db")
	s, m := open(t, path)
	for range 40 {
		teach(m, bash("x86_64"), times(10*time.Minute, 5)...)
	}
	m.LearnArches(bash(""), []string{"x86_64", "aarch64"})
	if err := s.Write(m.Changes()); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKept(t *testing.T) {
	path := written(t)
	_, m := open(t, path)
	fresh := history.New(0)
	for range 40 {
		teach(fresh, bash("x86_64"), times(10*time.Minute, 5)...)
	}
	if got, want := expect(t, m, bash("x86_64"), start), expect(t, fresh, bash("x86_64"), start); got != want {
		t.Errorf("read %+v, learnt %+v", got, want)
	}
	if got := m.Arches(bash("")); len(got) != 2 || got[0] != "aarch64" {
		t.Errorf("arches %q", got)
	}
	if changes := m.Changes(); !changes.Empty() {
		t.Error("what was only read counts as changed")
	}
}

// TestOffsets: what was read of a stream is written together with what was learnt, and apart
// for each stream.
func TestOffsets(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	s, m := open(t, path)
	if n, known := s.Offset("koji", "next"); known {
		t.Errorf("%d is known of a new history", n)
	}
	c := m.Changes()
	c.Offset("koji", "next", 1<<40)
	c.Offset("koji", "again", 0)
	if c.Empty() {
		t.Error("an offset is nothing to write")
	}
	if err := errors.Join(s.Write(c), s.Close()); err != nil {
		t.Fatal(err)
	}
	s, _ = open(t, path)
	for what, want := range map[string]uint64{"next": 1 << 40, "again": 0} {
		if n, known := s.Offset("koji", what); n != want || !known {
			t.Errorf("%s: %d, known: %t; want %d", what, n, known, want)
		}
	}
	if n, known := s.Offset("other", "next"); known {
		t.Errorf("%d is known of another stream", n)
	}
}

func TestUsedByAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "history.db")
	open(t, path)
	if _, _, err := history.Open(path, 0); !errors.Is(err, history.ErrInUse) {
		t.Errorf("error %v", err)
	}
}

func TestNotAHistory(t *testing.T) {
	damage := map[string]func(t *testing.T, path string){
		"another file": func(t *testing.T, path string) { overwrite(t, path, []byte("hello, world\n")) },
		"zeroes":       func(t *testing.T, path string) { overwrite(t, path, make([]byte, 64<<10)) },
		"cut short": func(t *testing.T, path string) {
			if err := os.Truncate(path, 20<<10); err != nil {
				t.Fatal(err)
			}
		},
		"flipped bits": func(t *testing.T, path string) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 2 * os.Getpagesize(); i < len(text); i++ { // all but the two meta pages
				text[i] ^= 0x55
			}
			overwrite(t, path, text)
		},
		"another database": func(t *testing.T, path string) {
			_ = os.Remove(path)
			change(t, path, func(tx *bolt.Tx) error {
				_, err := tx.CreateBucket([]byte("other"))
				return err
			})
		},
		"another format": func(t *testing.T, path string) {
			change(t, path, func(tx *bolt.Tx) error {
				return tx.Bucket([]byte("meta")).Put([]byte("format"), []byte("kojiwatch history 99"))
			})
		},
		"a damaged value": func(t *testing.T, path string) {
			change(t, path, func(tx *bolt.Tx) error {
				return tx.Bucket([]byte("cells")).Put([]byte("12345678"), []byte("nonsense"))
			})
		},
	}
	for name, do := range damage {
		t.Run(name, func(t *testing.T) {
			path := written(t)
			do(t, path)
			if _, _, err := history.Open(path, 0); !errors.Is(err, history.ErrForeign) {
				t.Errorf("error %v", err)
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("the file is gone: %v", err)
			}
		})
	}
}

// TestDamagedInUse: what happens to the file while it is in use is an error, whatever
// it does to the reading of it, and the store can still be asked and closed.
func TestDamagedInUse(t *testing.T) {
	page := os.Getpagesize()
	for name, do := range map[string]func(f *os.File, size int) error{
		"flipped bits": func(f *os.File, size int) error {
			text := make([]byte, size)
			_, err := f.ReadAt(text, 0)
			for i := 2 * page; i < len(text); i++ {
				text[i] ^= 0x55
			}
			return errors.Join(err, rewrite(f, text))
		},
		"zeroes":    func(f *os.File, size int) error { return rewrite(f, make([]byte, size)) },
		"cut short": func(f *os.File, _ int) error { return f.Truncate(int64(page)) },
		"emptied":   func(f *os.File, _ int) error { return f.Truncate(0) },
	} {
		t.Run(name, func(t *testing.T) {
			path := written(t)
			s, m := open(t, path)
			f, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			info, err := f.Stat()
			if err != nil {
				t.Fatal(err)
			}
			if err := errors.Join(do(f, int(info.Size())), f.Close()); err != nil {
				t.Fatal(err)
			}
			teach(m, bash("aarch64"), times(10*time.Minute, 5)...)
			changes := m.Changes()
			for range 2 {
				if err := s.Write(changes); !errors.Is(err, history.ErrForeign) {
					t.Errorf("write: %v", err)
				}
				if at := s.Mark("x"); !at.IsZero() {
					t.Errorf("a mark at %s", at)
				}
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

func rewrite(f *os.File, text []byte) error {
	_, err := f.WriteAt(text, 0)
	return err
}

func overwrite(t *testing.T, path string, text []byte) {
	t.Helper()
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

func change(t *testing.T, path string, do func(*bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(db.Update(do), db.Close()); err != nil {
		t.Fatal(err)
	}
}
