// Package workfolder keeps the files uploaded to a hub, and receives pieces of files like
// a hub.
package workfolder

import (
	"crypto/md5" //nolint:gosec // one of the checksums that a hub offers
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"hash/adler32"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// capacity is the maximum total size of the files in a folder.
const capacity = 256 << 20

// ErrBroken reports that the connection was closed in the middle of a piece.
var ErrBroken = errors.New("the connection broke")

// Folder is the work folder of a hub. Its zero value is empty.
type Folder struct {
	mu     sync.Mutex
	files  map[string]*file // by path
	owners map[string]int64 // users who may write to a folder, by path
	total  int              // size of all files
}

type file struct {
	content []byte
	changed time.Time
	busy    bool // locked by a request that writes it
}

// Read returns a file, and whether it exists.
func (u *Folder) Read(name string) ([]byte, bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.files[name]
	if f == nil {
		return nil, false
	}
	return slices.Clone(f.content), true
}

// Own makes a user the owner of a folder, unless it belongs to another user. asked is the
// folder's name in the error.
func (u *Folder) Own(dir, asked string, user int64) error {
	if dir == "tasks" || strings.HasPrefix(dir, "tasks/") {
		return python.BuiltinError("NotImplementedError", "hubtest does not model uploads of tasks")
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	if owner, ok := u.owners[dir]; ok && owner != user {
		return python.GenericError("Invalid upload directory, not owner: %s", asked)
	}
	if u.owners == nil {
		u.owners = map[string]int64{}
	}
	u.owners[dir] = user
	return nil
}

// Piece describes a piece of a file.
type Piece struct {
	Path      string
	Offset    int64 // -1: the end of the file
	Overwrite bool
	Verify    string // the kind of checksum to return; "": none
	Now       time.Time
}

// piece is a piece that is being received.
type piece struct {
	Piece
	folder *Folder
	sum    hash.Hash // nil: none
}

// Verifier returns a hash by Koji's name for it; nil for "".
func Verifier(kind string) (hash.Hash, error) {
	switch kind {
	case "":
		return nil, nil
	case "md5":
		return md5.New(), nil //nolint:gosec // as above
	case "adler32":
		return adler32.New(), nil
	case "sha256":
		return sha256.New(), nil
	}
	return nil, python.GenericError("Unsupported verify type: %s", kind)
}

// Receive writes a piece, and returns the hub's answer. If the connection is closed, the
// part received before is kept.
//
// Source: handle_upload in kojihub/kojihub.py.
func (u *Folder) Receive(to Piece, body io.Reader) (any, error) {
	sum, err := Verifier(to.Verify)
	if err != nil {
		return nil, err
	}
	p := &piece{Piece: to, folder: u, sum: sum}
	f, err := p.open()
	if err != nil {
		return nil, err
	}
	defer p.close(f)
	size, err := p.copy(f, body)
	if err != nil {
		return nil, err
	}
	if end := p.Offset + size; !p.Overwrite && int64(len(f.content)) != end {
		return nil, python.GenericError("Incorrect upload length for /mnt/koji/work/%s - Expected %d, actual %d", p.Path, end, len(f.content))
	}
	out := map[string]any{"size": size, "fileverify": p.Verify, "offset": p.Offset}
	if p.sum != nil {
		out["hexdigest"] = hex.EncodeToString(p.sum.Sum(nil))
	}
	return out, nil
}

// open locks the file, creates it if necessary, and determines the offset.
func (p *piece) open() (*file, error) {
	u := p.folder
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.files[p.Path]
	switch {
	case f == nil:
		f = &file{}
		if u.files == nil {
			u.files = map[string]*file{}
		}
		u.files[p.Path] = f
	case p.Offset == 0 && !p.Overwrite:
		return nil, python.GenericError("upload path exists: /mnt/koji/work/%s", p.Path)
	case f.busy:
		return nil, errLocked()
	}
	switch {
	case p.Offset == -1:
		p.Offset = int64(len(f.content))
	case p.Offset < 0:
		return nil, python.BuiltinError("OSError", "[Errno 22] Invalid argument")
	case p.Overwrite:
		if err := u.resize(f, p.Offset); err != nil {
			return nil, err
		}
	}
	f.busy = true
	return f, nil
}

func errLocked() error {
	return python.Raise(python.CodeLock, "koji.LockError", "[Errno 11] Resource temporarily unavailable")
}

// resize truncates a file, or extends it with zeros. u.mu is held.
func (u *Folder) resize(f *file, size int64) error {
	if size > int64(capacity-u.total+len(f.content)) {
		return python.BuiltinError("OSError", "[Errno 28] No space left on device")
	}
	u.total += int(size) - len(f.content)
	if n := int(size) - len(f.content); n > 0 {
		f.content = append(f.content, make([]byte, n)...)
	}
	f.content = f.content[:size]
	return nil
}

func (p *piece) close(f *file) {
	p.folder.mu.Lock()
	defer p.folder.mu.Unlock()
	f.busy, f.changed = false, p.Now
}

// copy writes the body to the file and returns its length.
func (p *piece) copy(f *file, body io.Reader) (size int64, err error) {
	buf := make([]byte, 64<<10)
	for {
		n, err := body.Read(buf)
		if p.sum != nil {
			p.sum.Write(buf[:n])
		}
		if err := p.folder.write(f, p.Offset+size, buf[:n]); err != nil {
			return size, err
		}
		size += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			return size, nil
		case err != nil:
			return size, ErrBroken
		}
	}
}

func (u *Folder) write(f *file, at int64, data []byte) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if end := at + int64(len(data)); end > int64(len(f.content)) {
		if err := u.resize(f, end); err != nil {
			return err
		}
	}
	copy(f.content[at:], data)
	return nil
}

// Check returns size and checksum of a file; nil if there is no such file. verify is the
// kind of the checksum. If tail is not nil, the checksum is that of the last tail bytes.
//
// Source: RootExports.checkUpload in kojihub/kojihub.py.
func (u *Folder) Check(name, verify string, tail *int64) (any, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.files[name]
	switch {
	case f == nil:
		return nil, nil
	case f.busy:
		return nil, errLocked()
	}
	out := map[string]any{"size": int64(len(f.content)), "mtime": float64(f.changed.UnixMicro()) / 1e6}
	sum, err := Verifier(verify)
	if sum == nil || err != nil {
		return out, err
	}
	content := f.content
	if tail != nil {
		if *tail < 0 {
			return nil, python.GenericError("Invalid tail value: %d", *tail)
		}
		content = content[max(0, int64(len(content))-*tail):]
	}
	sum.Write(content)
	out["sumlength"], out["hexdigest"] = int64(len(content)), hex.EncodeToString(sum.Sum(nil))
	return out, nil
}
