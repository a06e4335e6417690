package namecache

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strconv"
	"time"
)

// Entry is a name on the disk.
type Entry struct {
	Kind Kind
	ID   int64
	Name string
	AsOf time.Time // when it was last confirmed
}

// List returns the names of a kind, sorted by id. It skips files without a valid name.
func (d *Disk) List(kind Kind) ([]Entry, error) {
	ids, err := d.ids(kind)
	if err != nil {
		return nil, fmt.Errorf("list names of kind %s: %w", kind, err)
	}
	entries := make([]Entry, 0, len(ids))
	for _, id := range ids {
		if name, asOf, ok := d.Read(kind, id); ok {
			entries = append(entries, Entry{kind, id, name, asOf})
		}
	}
	return entries, nil
}

// ids returns the ids of a kind for which there is a file.
func (d *Disk) ids(kind Kind) ([]int64, error) {
	root := d.open(false)
	if root == nil {
		return nil, d.absent()
	}
	folder, err := root.Open(kind.String())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = folder.Close() }()
	files, err := folder.Readdirnames(-1)
	if err != nil {
		return nil, err
	}
	var ids []int64
	for _, file := range files {
		if id, err := strconv.ParseInt(file, 10, 64); err == nil && id > 0 && strconv.FormatInt(id, 10) == file {
			ids = append(ids, id)
		}
	}
	slices.SortFunc(ids, cmp.Compare[int64])
	return ids, nil
}

// absent returns why there is no folder; nil if it does not exist.
func (d *Disk) absent() error {
	root, err := openFolder(d.dir, d.folder, false)
	if err == nil {
		return root.Close()
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Clear removes the names of a kind and returns their number. It keeps files that are not
// the cache's.
func (d *Disk) Clear(kind Kind) (int, error) {
	ids, err := d.ids(kind)
	if err != nil {
		return 0, fmt.Errorf("clear names of kind %s: %w", kind, err)
	}
	n := 0
	for _, id := range ids {
		removed, err := d.Remove(kind, id)
		if err != nil {
			return n, err
		}
		if removed {
			n++
		}
	}
	// Remove the folder if it is empty.
	if root := d.open(false); root != nil {
		_ = root.Remove(kind.String())
	}
	return n, nil
}

// Remove removes a name and reports whether there was one.
func (d *Disk) Remove(kind Kind, id int64) (bool, error) {
	root := d.open(false)
	if root == nil {
		return false, nil
	}
	err := root.Remove(fileOf(kind, id))
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return err == nil, nil
	}
	return false, fmt.Errorf("remove the name of %s %d: %w", kind, id, errors.Unwrap(err))
}
