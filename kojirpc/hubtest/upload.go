package hubtest

import (
	"crypto/md5" //nolint:gosec // one of the checksums that a hub offers
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"hash/adler32"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// RawUpload is the name by which Failure and Stats know a request that uploads a
// piece of a file.
const RawUpload = "rawUpload"

// maxUploads is how many bytes fit into the hub's work folder.
const maxUploads = 256 << 20

// uploads is the hub's work folder.
type uploads struct {
	mu     sync.Mutex
	files  map[string]*uploaded // by path
	owners map[string]int64     // of folders, by path: who may write there
	total  int                  // bytes of all files
}

type uploaded struct {
	content []byte
	changed time.Time
	busy    bool // locked by a request that writes it
}

// Uploaded returns a file that was uploaded, and whether there is one.
func (h *Hub) Uploaded(dir, name string) ([]byte, bool) {
	h.uploads.mu.Lock()
	defer h.uploads.mu.Unlock()
	f := h.uploads.files[path.Join(dir, name)]
	if f == nil {
		return nil, false
	}
	return slices.Clone(f.content), true
}

// upload takes a piece of a file.
//
// Source: handle_upload in kojihub/kojihub.py.
func (h *Hub) upload(r *http.Request, pause func() error) (any, error) {
	c := &call{hub: h, db: h.current.Load(), now: h.now()}
	if err := c.attach(r); err != nil {
		return nil, err
	}
	defer c.detach()
	if err := pause(); err != nil {
		return nil, err
	}
	h.count(func(s *Stats) { s.Calls[RawUpload]++ })
	if err := c.enforceLockout(); err != nil {
		return nil, err
	}
	if f := h.failures.fault(RawUpload); f != nil {
		return nil, f
	}
	if !c.loggedIn {
		return nil, python.NotAllowed("you must be logged-in to upload a file")
	}
	p, err := c.piece(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	return p.receive(r.Body)
}

// piece is where a piece of a file goes.
type piece struct {
	uploads   *uploads
	path      string
	offset    int64
	overwrite bool
	verify    string
	sum       hash.Hash // nil: none is wanted
	now       time.Time
}

// piece reads the parameters of an upload.
func (c *call) piece(query string) (*piece, error) {
	args, err := url.ParseQuery(query)
	if err != nil {
		return nil, python.BuiltinError("ValueError", "%s", err)
	}
	if args.Get("filename") == "" {
		return nil, python.KeyError("filename")
	}
	p := &piece{uploads: &c.hub.uploads, verify: args.Get("fileverify"), overwrite: args.Get("overwrite") != "", now: c.now}
	if text := args.Get("offset"); text != "" {
		if p.offset, err = pythonInt(text); err != nil {
			return nil, err
		}
	}
	if p.sum, err = verifier(p.verify); err != nil {
		return nil, err
	}
	volume := args.Get("volume")
	if p.path, err = c.uploadPath(args.Get("filepath"), args.Get("filename"), volume); err != nil {
		return nil, err
	}
	return p, c.own(path.Dir(p.path), args.Get("filepath"))
}

// verifier makes a checksum by Koji's name for its kind; "" makes none.
func verifier(kind string) (hash.Hash, error) {
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

// uploadPath checks and cleans where a file is.
//
// Source: get_upload_path in kojihub/kojihub.py.
func (c *call) uploadPath(dir, name, volume string) (string, error) {
	if strings.Contains(name, "/") || strings.HasPrefix(name, ".") {
		return "", python.GenericError("Invalid upload filename: %s", name)
	}
	clean := path.Clean(dir)
	if strings.HasPrefix(clean, "..") {
		return "", python.GenericError("Invalid upload directory: %s", dir)
	}
	if volume != "" && !slices.Contains(c.db.Data.Volumes, volume) {
		return "", python.GenericError("No such entry in table volume: %s", volume)
	}
	return path.Join(strings.TrimLeft(clean, "/"), name), nil
}

// own has a folder belong to the caller, who must be the first there.
func (c *call) own(dir, asked string) error {
	if dir == "tasks" || strings.HasPrefix(dir, "tasks/") {
		return python.BuiltinError("NotImplementedError", "hubtest does not model uploads of tasks")
	}
	u := &c.hub.uploads
	u.mu.Lock()
	defer u.mu.Unlock()
	if owner, ok := u.owners[dir]; ok && owner != c.user.ID {
		return python.GenericError("Invalid upload directory, not owner: %s", asked)
	}
	u.owners[dir] = c.user.ID
	return nil
}

// receive writes a piece. What has come before the connection breaks stays.
func (p *piece) receive(body io.Reader) (any, error) {
	f, err := p.open()
	if err != nil {
		return nil, err
	}
	defer p.close(f)
	size, err := p.copy(f, body)
	if err != nil {
		return nil, err
	}
	if end := p.offset + size; !p.overwrite && int64(len(f.content)) != end {
		return nil, python.GenericError("Incorrect upload length for /mnt/koji/work/%s - Expected %d, actual %d", p.path, end, len(f.content))
	}
	out := map[string]any{"size": size, "fileverify": p.verify, "offset": p.offset}
	if p.sum != nil {
		out["hexdigest"] = hex.EncodeToString(p.sum.Sum(nil))
	}
	return out, nil
}

// open locks the file, which it makes if need be, and finds the offset.
func (p *piece) open() (*uploaded, error) {
	u := p.uploads
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.files[p.path]
	switch {
	case f == nil:
		f = &uploaded{}
		u.files[p.path] = f
	case p.offset == 0 && !p.overwrite:
		return nil, python.GenericError("upload path exists: /mnt/koji/work/%s", p.path)
	case f.busy:
		return nil, errLocked()
	}
	switch {
	case p.offset == -1:
		p.offset = int64(len(f.content))
	case p.offset < 0:
		return nil, python.BuiltinError("OSError", "[Errno 22] Invalid argument")
	case p.overwrite:
		if err := u.resize(f, p.offset); err != nil {
			return nil, err
		}
	}
	f.busy = true
	return f, nil
}

func errLocked() error {
	return python.Raise(python.CodeLock, "koji.LockError", "[Errno 11] Resource temporarily unavailable")
}

// resize cuts a file, or fills it up with zeros. u.mu is held.
func (u *uploads) resize(f *uploaded, size int64) error {
	if size > int64(maxUploads-u.total+len(f.content)) {
		return python.BuiltinError("OSError", "[Errno 28] No space left on device")
	}
	u.total += int(size) - len(f.content)
	if n := int(size) - len(f.content); n > 0 {
		f.content = append(f.content, make([]byte, n)...)
	}
	f.content = f.content[:size]
	return nil
}

func (p *piece) close(f *uploaded) {
	p.uploads.mu.Lock()
	defer p.uploads.mu.Unlock()
	f.busy, f.changed = false, p.now
}

// copy writes what comes to the file and returns how much that was.
func (p *piece) copy(f *uploaded, body io.Reader) (size int64, err error) {
	buf := make([]byte, 64<<10)
	for {
		n, err := body.Read(buf)
		if p.sum != nil {
			p.sum.Write(buf[:n])
		}
		if err := p.uploads.write(f, p.offset+size, buf[:n]); err != nil {
			return size, err
		}
		size += int64(n)
		switch {
		case errors.Is(err, io.EOF):
			return size, nil
		case err != nil:
			return size, badRequest("Apache/mod_wsgi request data read error: Partial results are valid but processing is incomplete.")
		}
	}
}

func (u *uploads) write(f *uploaded, at int64, data []byte) error {
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

// checkUpload says what is there of a file.
//
// Source: RootExports.checkUpload in kojihub/kojihub.py.
func checkUpload(c *call, a *python.Arguments) (any, error) {
	volume, _ := a.Get("volume").(string)
	at, err := c.uploadPath(python.Str(a.Get("path")), python.Str(a.Get("name")), volume)
	if err != nil {
		return nil, err
	}
	u := &c.hub.uploads
	u.mu.Lock()
	defer u.mu.Unlock()
	f := u.files[at]
	switch {
	case f == nil:
		return nil, nil
	case f.busy:
		return nil, errLocked()
	}
	out := map[string]any{"size": int64(len(f.content)), "mtime": float64(f.changed.UnixMicro()) / 1e6}
	if !a.Truth("verify") {
		return out, nil
	}
	sum, err := verifier(python.Str(a.Get("verify")))
	if err != nil {
		return nil, err
	}
	content := f.content
	if tail, ok := a.Get("tail").(int64); ok {
		if tail < 0 {
			return nil, python.GenericError("Invalid tail value: %s", strconv.FormatInt(tail, 10))
		}
		content = content[max(0, int64(len(content))-tail):]
	}
	sum.Write(content)
	out["sumlength"], out["hexdigest"] = int64(len(content)), hex.EncodeToString(sum.Sum(nil))
	return out, nil
}
