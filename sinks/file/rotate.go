package file

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
)

// stamp is the format of the time at the end of a rotated file's name. Such names sort
// by age.
const stamp = "20060102T150405.000000000Z"

// rotate renames the file to a name with the time and removes all but the newest keep
// rotated files; 0 keeps all. A crash at any point loses no events.
func rotate(path string, keep int, now time.Time) error {
	base := path + "." + now.UTC().Format(stamp)
	name := base
	for n := 1; ; n++ {
		_, err := os.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err != nil {
			return err
		}
		name = fmt.Sprintf("%s-%04d", base, n)
	}
	if err := os.Rename(path, name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := atomicfile.SyncDir(filepath.Dir(path)); err != nil {
		return err
	}
	if keep <= 0 {
		return nil
	}
	return remove(path, keep)
}

// remove removes the oldest rotated files.
func remove(path string, keep int) error {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return err
	}
	var names []string
	for _, e := range entries {
		if end, ok := strings.CutPrefix(e.Name(), filepath.Base(path)+"."); ok && isStamp(end) {
			names = append(names, e.Name())
		}
	}
	slices.Sort(names)
	var errs []error
	for _, name := range names[:max(0, len(names)-keep)] {
		errs = append(errs, os.Remove(filepath.Join(filepath.Dir(path), name)))
	}
	return errors.Join(errs...)
}

func isStamp(end string) bool {
	if len(end) < len(stamp) {
		return false
	}
	_, err := time.Parse(stamp, end[:len(stamp)])
	rest := end[len(stamp):]
	return err == nil && (rest == "" || len(rest) == 5 && rest[0] == '-')
}
