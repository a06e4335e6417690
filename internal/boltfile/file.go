// Package boltfile opens bbolt databases that may be damaged or in use. bbolt panics on a
// damaged page and causes a fault on a truncated file; here both are errors.
package boltfile

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"time"

	bolt "go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"
)

var (
	// ErrInUse reports that another process holds the file's lock.
	ErrInUse = errors.New("another process uses it")
	// ErrDamaged reports that the file is not a database, or a damaged one.
	ErrDamaged = errors.New("not a readable database")
)

// Open opens a database. It waits at most wait for another process to release it.
func Open(path string, readOnly bool, wait time.Duration) (*bolt.DB, error) {
	db, err := bolt.Open(path, 0o600, &bolt.Options{Timeout: wait, ReadOnly: readOnly})
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return nil, ErrInUse
	case err != nil && !errors.As(err, new(*os.PathError)):
		return nil, fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return db, err
}

// Guard calls a function that uses a database, and returns [ErrDamaged] if bbolt panics or
// causes a fault. After that bbolt may hold its locks forever: do not use or close the
// database again.
func Guard(do func() error) (damaged bool, err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			damaged, err = true, fmt.Errorf("%w: %v", ErrDamaged, p)
		}
	}()
	return false, do()
}

// SetAside renames a damaged file, so that a new one can take its place.
func SetAside(path string) (aside string, err error) {
	aside = fmt.Sprintf("%s.unreadable-%d", path, time.Now().Unix())
	return aside, os.Rename(path, aside)
}
