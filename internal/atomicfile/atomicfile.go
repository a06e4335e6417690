// Package atomicfile writes files that are on the disk whole or not at all, whatever
// ends the program or the machine meanwhile.
package atomicfile

import (
	"errors"
	"os"
	"path/filepath"
)

// Replace writes the file at a path anew. Until that is done it holds what it held,
// and no reader sees anything in between. The file belongs to the caller alone (mode
// 0600) unless write changes that.
func Replace(path string, write func(*os.File) error) error { return put(path, write, os.Rename) }

// Create is Replace for a file that is not there yet: if it is, or comes into being
// meanwhile, the error is fs.ErrExist.
func Create(path string, write func(*os.File) error) error { return put(path, write, os.Link) }

func put(path string, write func(*os.File) error, place func(from, to string) error) error {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // unless it was renamed
	if err := errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := place(file.Name(), path); err != nil {
		return err
	}
	return SyncDir(dir)
}

// SyncDir makes sure that what was created, renamed or removed in a folder stays so
// after a power cut.
func SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
