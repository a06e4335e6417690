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

// maxName is the maximum length of a name, in bytes. In Koji, tags have up to 256
// characters; users and packages have no limit.
const maxName = 1024

// Disk is the folder with the names of a profile. It is safe for concurrent use, also by
// several processes. It never reads or writes outside the folder, whatever links the
// folder contains.
type Disk struct {
	dir    string // of all profiles
	folder string // in dir
	notify func(error)

	reads, writes, unreadable, failures atomic.Uint64

	mu      sync.Mutex
	root    *os.Root  // nil: missing, or could not be opened
	closed  bool      // by Close
	retryAt time.Time // when to try to open it again
	failing bool
	failed  time.Time // the time of the last failure
}

// OpenDisk returns the folder of a profile in dir. The folder is created when a name is
// written. OpenDisk only returns an error if the profile's name is unusable. It calls
// notify, if not nil, with an error when the disk starts to fail and with nil when it
// works again.
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

// reopenAfter is the time between two attempts to open the folder.
const reopenAfter = 10 * time.Second

// open returns the folder, or nil if it does not exist or cannot be opened. With create,
// it creates the folder if necessary.
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

// openFolder opens a folder in dir. It does not follow links out of dir.
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

// Read returns a name and when it was last confirmed. A file without a valid name counts
// as missing.
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

var errNoName = errors.New("contains no valid name")

func readName(root *os.Root, file string) (string, time.Time, error) {
	// O_NONBLOCK, because opening a pipe would block.
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
	name := strings.TrimSuffix(string(text), "\n") // an editor may have added a line feed
	if !isName(name) {
		return "", time.Time{}, fmt.Errorf("%s %w", file, errNoName)
	}
	asOf := info.ModTime()
	if now := time.Now(); asOf.After(now) {
		asOf = now
	}
	return name, asOf, nil
}

// isName reports whether a text can be a name in Koji.
func isName(text string) bool {
	return text != "" && len(text) <= maxName && utf8.ValidString(text) && !strings.ContainsFunc(text, unicode.IsControl)
}

// Stats returns the counts of the disk.
func (d *Disk) Stats() DiskStats {
	return DiskStats{
		Reads: d.reads.Load(), Writes: d.writes.Load(),
		Unreadable: d.unreadable.Load(), Failures: d.failures.Load(),
	}
}
