package hubtest

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/workfolder"
)

// RawUpload is the method name, in Failure and Stats, of a request that uploads a piece of
// a file.
const RawUpload = "rawUpload"

// Uploaded returns an uploaded file, and whether it exists.
func (h *Hub) Uploaded(dir, name string) ([]byte, bool) { return h.uploads.Read(path.Join(dir, name)) }

// upload receives a piece of a file.
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
	got, err := h.uploads.Receive(p, r.Body)
	if errors.Is(err, workfolder.ErrBroken) {
		err = badRequest("Apache/mod_wsgi request data read error: Partial results are valid but processing is incomplete.")
	}
	return got, err
}

// piece parses the parameters of an upload.
func (c *call) piece(query string) (p workfolder.Piece, err error) {
	args, err := url.ParseQuery(query)
	if err != nil {
		return p, python.BuiltinError("ValueError", "%s", err)
	}
	if args.Get("filename") == "" {
		return p, python.KeyError("filename")
	}
	p = workfolder.Piece{Verify: args.Get("fileverify"), Overwrite: args.Get("overwrite") != "", Now: c.now}
	if text := args.Get("offset"); text != "" {
		if p.Offset, err = python.Int(text); err != nil {
			return p, err
		}
	}
	if _, err := workfolder.Verifier(p.Verify); err != nil {
		return p, err
	}
	volume := args.Get("volume")
	if p.Path, err = c.uploadPath(args.Get("filepath"), args.Get("filename"), volume); err != nil {
		return p, err
	}
	return p, c.hub.uploads.Own(path.Dir(p.Path), args.Get("filepath"), c.user.ID)
}

// uploadPath checks and cleans the path of a file.
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

// checkUpload returns the size and checksum of an uploaded file.
func checkUpload(c *call, a *python.Arguments) (any, error) {
	volume, _ := a.Get("volume").(string)
	at, err := c.uploadPath(python.Str(a.Get("path")), python.Str(a.Get("name")), volume)
	if err != nil {
		return nil, err
	}
	verify := ""
	if a.Truth("verify") {
		verify = python.Str(a.Get("verify"))
	}
	var tail *int64
	if n, ok := a.Get("tail").(int64); ok {
		tail = &n
	}
	return c.hub.uploads.Check(at, verify, tail)
}
