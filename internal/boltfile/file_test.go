package boltfile_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"github.com/kojiwatch/kojiwatch/internal/boltfile"
)

func put(db *bolt.DB, value string) error {
	return db.Update(func(tx *bolt.Tx) error {
		bucket, err := tx.CreateBucketIfNotExists([]byte("bucket"))
		if err != nil {
			return err
		}
		return bucket.Put([]byte("key"), []byte(value))
	})
}

func get(db *bolt.DB) (value string, err error) {
	err = db.View(func(tx *bolt.Tx) error {
		value = string(tx.Bucket([]byte("bucket")).Get([]byte("key")))
		return nil
	})
	return value, err
}

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := boltfile.Open(path, false, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := put(db, "kept"); err != nil {
		t.Fatal(err)
	}
	if _, err := boltfile.Open(path, false, 10*time.Millisecond); !errors.Is(err, boltfile.ErrInUse) {
		t.Errorf("a second writer: %v, want %v", err, boltfile.ErrInUse)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for name, readOnly := range map[string]bool{"first reader": true, "second reader": true} {
		reader, err := boltfile.Open(path, readOnly, 10*time.Millisecond)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		defer func() { _ = reader.Close() }()
		if got, err := get(reader); got != "kept" || err != nil {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
	}
}

func TestOpenReportsWhatIsWrong(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database ", 2000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := boltfile.Open(text, true, time.Second); !errors.Is(err, boltfile.ErrDamaged) {
		t.Errorf("a file of text: %v, want %v", err, boltfile.ErrDamaged)
	}
	_, err := boltfile.Open(filepath.Join(dir, "none", "x.db"), false, time.Second)
	if !errors.Is(err, fs.ErrNotExist) || errors.Is(err, boltfile.ErrDamaged) {
		t.Errorf("a folder that is missing: %v, want %v", err, fs.ErrNotExist)
	}
}

// TestGuardCutShort checks that reading a truncated file is an error. bbolt maps the file into
// memory, so reading a missing page is a fault.
func TestGuardCutShort(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := boltfile.Open(path, false, time.Second)
	if err != nil {
		t.Fatal(err)
	}
	if err := put(db, strings.Repeat("x", 100_000)); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(path, 2*int64(os.Getpagesize())); err != nil {
		t.Fatal(err)
	}
	damaged, err := boltfile.Guard(func() error {
		_, err := get(db)
		return err
	})
	if !damaged || !errors.Is(err, boltfile.ErrDamaged) {
		t.Errorf("got %t, %v, want %v", damaged, err, boltfile.ErrDamaged)
	}
}

func TestGuard(t *testing.T) {
	failed := errors.New("failed")
	for name, tt := range map[string]struct {
		do      func() error
		damaged bool
		want    error
	}{
		"works":  {func() error { return nil }, false, nil},
		"fails":  {func() error { return failed }, false, failed},
		"panics": {func() error { panic("page 7: invalid type") }, true, boltfile.ErrDamaged},
	} {
		t.Run(name, func(t *testing.T) {
			damaged, err := boltfile.Guard(tt.do)
			if damaged != tt.damaged || !errors.Is(err, tt.want) {
				t.Errorf("got %t, %v, want %t, %v", damaged, err, tt.damaged, tt.want)
			}
		})
	}
}

func TestSetAside(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	if _, err := boltfile.SetAside(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is missing: %v", err)
	}
	if err := os.WriteFile(path, []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	aside, err := boltfile.SetAside(path)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(aside); string(text) != "damaged" || err != nil {
		t.Errorf("%s holds %q, %v", aside, text, err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old name: %v", err)
	}
}
