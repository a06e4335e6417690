// Package upload sends files to a hub's work folder, piece by piece, and goes on where
// it was cut off.
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

// Method is what Koji's client calls a piece's request.
const Method = "rawUpload"

// File is a file to send; kojirpc.Upload says what each field means.
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

// Hub is where files go.
type Hub interface {
	// Check returns what is there of a file, nil if nothing is.
	Check(ctx context.Context, dir, name, volume string) (*Received, error)
	// Write sends a piece of a file. It returns what has come of the piece.
	Write(ctx context.Context, to url.Values, piece []byte) (Received, error)
}

// Received is what the hub says that it has.
type Received struct {
	Size int64  `xmlrpc:"size"`
	Sum  string `xmlrpc:"hexdigest"`
}

// Send sends a file. The errors that it returns do not name it.
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

// run asks what is there and sends the rest, until all is there or nothing comes of it.
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
		case there <= last: // what was sent has not arrived
			return cmp.Or(failure, fmt.Errorf("the hub has %d of %d bytes", max(there, 0), u.Size))
		}
		last = there
		failure = u.send(ctx, max(there, 0))
		if failure != nil && !sender.Repeatable(failure, true) {
			return failure
		}
	}
}

// nothing is less than an empty file.
const nothing = -1

// there asks the hub how much of the file it has; nothing if that is to be replaced.
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
	return nothing, fmt.Errorf("another file is there, of %d bytes", has.Size)
}

// sum returns the checksum of the first bytes of the file.
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

// read returns the piece of the file that is at an offset, up to an end.
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

// send sends what is from an offset on, one piece after the other; of an empty file,
// one that is empty.
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

// sendAt sends a piece. The first one replaces what is there: the hub would refuse it
// when it comes again after it was cut. The others do not: were the hub to handle one of
// them late, when it had been sent again, it would cut off what came after it.
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
		return fmt.Errorf("the hub got %d bytes with the checksum %s in place of %d with %s", got.Size, printable.Line(got.Sum, 20), len(piece), sum)
	}
	return nil
}
