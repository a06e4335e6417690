package namecache

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path"
	"time"
)

// newFolder has the files that are written before they are renamed to their final names.
// It is not the name of a kind.
const newFolder = ".drafts"

// abandonedAfter is the age at which a file in newFolder must be left over from a process
// that died.
const abandonedAfter = 10 * time.Minute

// Write writes a name with the time of its confirmation. It does nothing if the disk has
// the same or a later name. A failure is only counted and notified.
func (d *Disk) Write(kind Kind, id int64, name string, asOf time.Time) {
	if id <= 0 || kind >= kinds || !isName(name) {
		return
	}
	root := d.open(true)
	if root == nil {
		return
	}
	file := fileOf(kind, id)
	if has, at, err := readName(root, file); err == nil {
		switch {
		case at.After(asOf), has == name && asOf.Sub(at) < kind.TTL()/8:
			return
		case has == name:
			d.done(root.Chtimes(file, time.Time{}, asOf))
			return
		}
	}
	d.done(replace(root, file, name, asOf))
}

// replace replaces a file atomically: readers see the old file or the new one.
func replace(root *os.Root, file, name string, asOf time.Time) error {
	fresh := path.Join(newFolder, rand.Text())
	err := create(root, fresh, name)
	if errors.Is(err, fs.ErrNotExist) {
		for _, folder := range []string{newFolder, path.Dir(file)} {
			if err := root.MkdirAll(folder, 0o755); err != nil {
				return err
			}
		}
		err = create(root, fresh, name)
	}
	if err == nil {
		err = root.Chtimes(fresh, time.Time{}, asOf)
	}
	if err == nil {
		err = move(root, fresh, file)
	}
	if err != nil {
		_ = root.Remove(fresh) // it may not exist
	}
	return err
}

func create(root *os.Root, file, text string) error {
	f, err := root.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// move renames a file, and also replaces an empty folder.
func move(root *os.Root, from, to string) error {
	err := root.Rename(from, to)
	if errors.Is(err, fs.ErrNotExist) {
		if err := root.MkdirAll(path.Dir(to), 0o755); err != nil {
			return err
		}
		return root.Rename(from, to)
	}
	if err == nil {
		return nil
	}
	if info, statErr := root.Lstat(to); statErr == nil && info.IsDir() && root.Remove(to) == nil {
		return root.Rename(from, to)
	}
	return err
}

// sweep removes abandoned files in newFolder.
func (d *Disk) sweep(root *os.Root) {
	folder, err := root.Open(newFolder)
	if err != nil {
		return // the folder does not exist
	}
	defer func() { _ = folder.Close() }()
	names, _ := folder.Readdirnames(-1)
	for _, name := range names {
		file := path.Join(newFolder, name)
		if info, err := root.Lstat(file); err == nil && time.Since(info.ModTime()) > abandonedAfter {
			_ = root.Remove(file) // another process may have removed it
		}
	}
}

// recoveredAfter is the time without a failure after which the disk counts as working
// again.
const recoveredAfter = time.Minute

// done records the result of a write.
func (d *Disk) done(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err == nil {
		d.writes.Add(1)
		if d.failing && time.Since(d.failed) >= recoveredAfter {
			d.failing = false
			d.notify(nil)
		}
		return
	}
	if errors.Is(err, fs.ErrNotExist) {
		d.closeRoot() // the folder was removed; the next write creates it again
	}
	d.noteFailure(err)
}

// noteFailure records a failure. mu is held.
func (d *Disk) noteFailure(err error) {
	d.failures.Add(1)
	d.failed = time.Now()
	if !d.failing {
		d.failing = true
		d.notify(err)
	}
}
