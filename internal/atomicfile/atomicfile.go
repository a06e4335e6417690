// Package atomicfile writes files atomically: after a crash of the program or the machine a
// file is either complete or unchanged.
package atomicfile

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
)

// Replace replaces the content of the file at path. Readers see either the old or the new
// content. The file has mode 0600 unless write changes it.
func Replace(path string, write func(*os.File) error) error { return put(path, write, os.Rename) }

// Create is Replace for a file that must not exist yet. If it exists, the error is
// fs.ErrExist.
func Create(path string, write func(*os.File) error) error { return put(path, write, os.Link) }

// ReplaceJSON is Replace with the JSON of a value. It makes the folder if it is not there, for
// the user alone.
func ReplaceJSON(path string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return Replace(path, func(f *os.File) error {
		_, err := f.Write(text)
		return err
	})
}

func put(path string, write func(*os.File) error, place func(from, to string) error) error {
	dir := filepath.Dir(path)
	file, err := os.CreateTemp(dir, filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer func() { _ = os.Remove(file.Name()) }() // fails if it was renamed
	if err := errors.Join(write(file), file.Sync(), file.Close()); err != nil {
		return err
	}
	if err := place(file.Name(), path); err != nil {
		return err
	}
	return SyncDir(dir)
}

// SyncDir syncs a folder, so that files created, renamed or removed in it stay so after a
// power failure.
func SyncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
