package namecache

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
	"unicode"
	"unicode/utf8"
)

// maxName is the length of the longest name, in bytes. Koji's tags have up to 256
// characters; users and packages have no bound there.
const maxName = 1024

// Disk is the folder of one profile's names. It is safe for concurrent use, by
// several processes too. Nothing is read or written outside of the folder,
// whatever links are in it.
type Disk struct {
	dir    string // of all profiles
	folder string // in dir
	notify func(error)

	reads, writes, unreadable, failures atomic.Uint64

	mu      sync.Mutex
	root    *os.Root  // nil: not there, or could not be opened
	closed  bool      // for good
	retryAt time.Time // when to try to open it again
	failing bool
	failed  time.Time // when something failed last
}

// OpenDisk returns the folder of a profile in dir. It is made when a name is
// written. The error is about the profile's name only: notify, if not nil, is
// called with an error when the disk begins to fail and with nil when it works again.
func OpenDisk(dir, profile string, notify func(error)) (*Disk, error) {
	folder, err := folderOf(profile)
	if err != nil {
		return nil, err
	}
	if notify == nil {
		notify = func(error) {}
	}
	d := &Disk{dir: dir, folder: folder, notify: notify}
	if root := d.open(false); root != nil {
		d.sweep(root)
	}
	return d, nil
}

// Path returns the path of the folder.
func (d *Disk) Path() string { return filepath.Join(d.dir, d.folder) }

// Close closes the folder.
func (d *Disk) Close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.closeRoot()
}

// closeRoot closes the folder. mu is held.
func (d *Disk) closeRoot() {
	if d.root != nil {
		_ = d.root.Close()
		d.root = nil
	}
}

// reopenAfter is how long a folder that cannot be opened is left alone.
const reopenAfter = 10 * time.Second

// open returns the folder, which it makes if it should and can, or nil.
func (d *Disk) open(create bool) *os.Root {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := time.Now()
	if d.root != nil || d.closed || now.Before(d.retryAt) {
		return d.root
	}
	root, err := openFolder(d.dir, d.folder, create)
	if err != nil && (create || !errors.Is(err, fs.ErrNotExist)) {
		d.retryAt = now.Add(reopenAfter)
		d.noteFailure(err)
	}
	d.root = root
	return root
}

// openFolder opens a folder in dir, and not one that a link outside leads to.
func openFolder(dir, folder string, create bool) (*os.Root, error) {
	if create {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, err
		}
	}
	all, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = all.Close() }()
	if create {
		if err := all.MkdirAll(folder, 0o755); err != nil {
			return nil, err
		}
	}
	return all.OpenRoot(folder)
}

// fileOf returns the path of a name's file in the folder.
func fileOf(kind Kind, id int64) string {
	return path.Join(kind.String(), strconv.FormatInt(id, 10))
}

// Read returns a name and when it was last confirmed. What is no name counts as
// absent.
func (d *Disk) Read(kind Kind, id int64) (name string, asOf time.Time, ok bool) {
	if id <= 0 || kind >= kinds {
		return "", time.Time{}, false
	}
	root := d.open(false)
	if root == nil {
		return "", time.Time{}, false
	}
	name, asOf, err := readName(root, fileOf(kind, id))
	switch {
	case err == nil:
		d.reads.Add(1)
		return name, asOf, true
	case !errors.Is(err, fs.ErrNotExist):
		d.unreadable.Add(1)
	}
	return "", time.Time{}, false
}

var errNoName = errors.New("holds no name")

func readName(root *os.Root, file string) (string, time.Time, error) {
	// A pipe in the place of a file would have the opening wait.
	f, err := root.OpenFile(file, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return "", time.Time{}, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return "", time.Time{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxName+1 {
		return "", time.Time{}, fmt.Errorf("%s %w", file, errNoName)
	}
	text, err := io.ReadAll(io.LimitReader(f, maxName+2))
	if err != nil {
		return "", time.Time{}, err
	}
	name := strings.TrimSuffix(string(text), "\n") // somebody may have used an editor
	if !isName(name) {
		return "", time.Time{}, fmt.Errorf("%s %w", file, errNoName)
	}
	asOf := info.ModTime()
	if now := time.Now(); asOf.After(now) {
		asOf = now
	}
	return name, asOf, nil
}

// isName reports whether a text can be a name of Koji's.
func isName(text string) bool {
	return text != "" && len(text) <= maxName && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// Stats counts what happened so far.
func (d *Disk) Stats() DiskStats {
	return DiskStats{
		Reads: d.reads.Load(), Writes: d.writes.Load(),
		Unreadable: d.unreadable.Load(), Failures: d.failures.Load(),
	}
}
