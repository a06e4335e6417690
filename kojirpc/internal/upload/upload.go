// Package upload sends files to a hub's work folder, piece by piece, and resumes
// interrupted uploads.
package upload

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/adler32"
	"io"
	"net/url"
	"strconv"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/sender"
)

// Method is Koji's name for the request that sends a piece.
const Method = "rawUpload"

// File is a file to send; see kojirpc.Upload for the fields.
type File struct {
	Dir       string
	Name      string
	Content   io.ReaderAt
	Size      int64
	Overwrite bool
	Volume    string
	Piece     int
	Progress  func(done int64)
}

// Hub receives files.
type Hub interface {
	// Check returns how much of a file the hub has; nil if it has no such file.
	Check(ctx context.Context, dir, name, volume string) (*Received, error)
	// Write sends a piece of a file. It returns how much of the piece has arrived.
	Write(ctx context.Context, to url.Values, piece []byte) (Received, error)
}

// Received is the size and Adler-32 checksum of a file or piece on the hub.
type Received struct {
	Size int64  `xmlrpc:"size"`
	Sum  string `xmlrpc:"hexdigest"`
}

// Send sends a file. Its errors do not name the file.
func Send(ctx context.Context, hub Hub, f File) error {
	u := &upload{File: f, hub: hub}
	u.Piece = cmp.Or(u.Piece, 1<<20)
	return u.run(ctx)
}

// upload is an upload under way.
type upload struct {
	File
	hub Hub
	buf []byte
}

// run asks the hub how much it has and sends the rest, until the hub has the whole file
// or an attempt has made no progress.
func (u *upload) run(ctx context.Context) error {
	if u.Size < 0 || u.Piece < 1 {
		return fmt.Errorf("size %d in pieces of %d bytes", u.Size, u.Piece)
	}
	var failure error
	for last := int64(nothing - 1); ; {
		u.buf = make([]byte, min(int64(u.Piece), u.Size)) // a request that failed may still be reading the old one
		there, err := u.there(ctx)
		switch {
		case err != nil:
			return err
		case there == u.Size:
			return nil
		case there <= last: // no progress since the last attempt
			return cmp.Or(failure, fmt.Errorf("the hub has %d of %d bytes", max(there, 0), u.Size))
		}
		last = there
		failure = u.send(ctx, max(there, 0))
		if failure != nil && !sender.Repeatable(failure, true) {
			return failure
		}
	}
}

// nothing is the size of a missing file, which is less than that of an empty one.
const nothing = -1

// there returns how much of the file the hub has; nothing if the hub has no such file or
// another one, to be overwritten.
func (u *upload) there(ctx context.Context) (int64, error) {
	has, err := u.hub.Check(ctx, u.Dir, u.Name, u.Volume)
	if err != nil || has == nil {
		return nothing, err
	}
	same := false
	if has.Size <= u.Size {
		sum, err := u.sum(ctx, has.Size)
		if err != nil {
			return nothing, err
		}
		same = sum == has.Sum
	}
	switch {
	case same:
		return has.Size, nil
	case u.Overwrite:
		return nothing, nil
	}
	return nothing, fmt.Errorf("the hub has a different file of that name, with %d bytes", has.Size)
}

// sum returns the checksum of the first size bytes of the file.
func (u *upload) sum(ctx context.Context, size int64) (string, error) {
	h := adler32.New()
	for at := int64(0); at < size; {
		piece, err := u.read(ctx, at, size)
		if err != nil {
			return "", err
		}
		h.Write(piece)
		at += int64(len(piece))
	}
	return hexSum(h.Sum32()), nil
}

func hexSum(sum uint32) string { return fmt.Sprintf("%08x", sum) }

// read returns the piece of the file at an offset, which goes no further than end.
func (u *upload) read(ctx context.Context, at, end int64) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	piece := u.buf[:min(end-at, int64(len(u.buf)))]
	n, err := u.Content.ReadAt(piece, at)
	switch {
	case n == len(piece):
		return piece, nil
	case err == nil || errors.Is(err, io.EOF):
		return nil, fmt.Errorf("the file ends at %d, not at %d", at+int64(n), u.Size)
	}
	return nil, fmt.Errorf("read: %w", err)
}

// send sends the file from an offset on, one piece after the other. For an empty file it
// sends one empty piece.
func (u *upload) send(ctx context.Context, at int64) error {
	for {
		piece, err := u.read(ctx, at, u.Size)
		if err != nil {
			return err
		}
		if err := u.sendAt(ctx, at, piece); err != nil {
			return err
		}
		at += int64(len(piece))
		if u.Progress != nil {
			u.Progress(at)
		}
		if at == u.Size {
			return nil
		}
	}
}

// sendAt sends a piece. The first piece overwrites an existing file: otherwise the hub
// would refuse it when it is retried after it arrived only in part. Later pieces do not:
// if the hub handled one late, after a retry, it would truncate the pieces behind it.
func (u *upload) sendAt(ctx context.Context, at int64, piece []byte) error {
	to := url.Values{
		"filepath": {u.Dir}, "filename": {u.Name}, "fileverify": {"adler32"},
		"offset": {strconv.FormatInt(at, 10)},
	}
	if at == 0 {
		to.Set("overwrite", "1")
	}
	if u.Volume != "" {
		to.Set("volume", u.Volume)
	}
	got, err := u.hub.Write(ctx, to, piece)
	if err != nil {
		return err
	}
	if sum := hexSum(adler32.Checksum(piece)); got.Size != int64(len(piece)) || got.Sum != sum {
		return fmt.Errorf("the hub got %d bytes with the checksum %s instead of %d with %s", got.Size, printable.Line(got.Sum, 20), len(piece), sum)
	}
	return nil
}
