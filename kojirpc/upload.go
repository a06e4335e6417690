package kojirpc

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

// Upload is a file for the hub's work folder, from where [API.CGImport] takes it.
type Upload struct {
	// Dir is a folder below the hub's, such as "mytool/1764501234.kYxz". It belongs
	// to the user who uploads to it first. Choose a new name for each build.
	Dir string
	// Name is the file's name, without a folder.
	Name string
	// Content is the file, and Size its length.
	Content io.ReaderAt
	Size    int64
	// Overwrite replaces a file that is there. Without it only the beginning of
	// this very file may be there.
	Overwrite bool
	// Volume is the name of the hub's volume. Default: the hub's own.
	Volume string
	// Piece is how many bytes are sent, and held in memory, at a time. Default: 1 MiB.
	Piece int
	// Progress, if set, is called each time the hub has got more: with how many
	// bytes of the file it has.
	Progress func(done int64)
}

// Upload sends a file to the hub. It takes a session, so a [*Session], or a client
// opened with [LoggedIn].
//
// Upload asks the hub first how much of the file is there, and sends the rest: what
// was cut off, even by the end of the program, goes on where it was cut. A piece
// that is lost on the way is sent again like a call of a session (see Repeating). Last,
// the hub is asked whether it has the whole file, by its length and its Adler-32
// checksum.
//
// Source: fastUpload in koji/__init__.py.
func (a API) Upload(ctx context.Context, u Upload) error {
	err := errUploadCaller
	if to, ok := a.caller.(pieceSender); ok {
		up := upload{Upload: u, api: a, to: to}
		up.Piece = cmp.Or(u.Piece, 1<<20)
		err = up.run(ctx)
	}
	if err != nil {
		return fmt.Errorf("upload %s: %w", printable.Line(u.Dir+"/"+u.Name, 200), err)
	}
	return nil
}

// errUploadCaller reports that a [Caller] can only make calls.
var errUploadCaller = errors.New("only a Client or a Session can upload")

// rawUpload is what Koji's client calls a piece's request.
const rawUpload = "rawUpload"

// pieceSender is a [Caller] that can send pieces of files, too.
type pieceSender interface {
	sendPiece(ctx context.Context, to url.Values, piece []byte, into any) error
}

func (a API) sendPiece(ctx context.Context, to url.Values, piece []byte, into any) error {
	by, ok := a.caller.(pieceSender)
	if !ok {
		return errUploadCaller
	}
	return by.sendPiece(ctx, to, piece, into)
}

// upload is an upload under way.
type upload struct {
	Upload
	api API
	to  pieceSender
	buf []byte
}

// received is what the hub says that it has.
type received struct {
	Size int64  `xmlrpc:"size"`
	Sum  string `xmlrpc:"hexdigest"`
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
	named := Named{"verify": "adler32"}
	setIf(named, "volume", u.Volume)
	has, err := CallInto[*received](ctx, u.api, "checkUpload", u.Dir, u.Name, named)
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
	var got received
	if err := u.to.sendPiece(ctx, to, piece, &got); err != nil {
		return err
	}
	if sum := hexSum(adler32.Checksum(piece)); got.Size != int64(len(piece)) || got.Sum != sum {
		return fmt.Errorf("the hub got %d bytes with the checksum %s in place of %d with %s", got.Size, printable.Line(got.Sum, 20), len(piece), sum)
	}
	return nil
}
