package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/upload"
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
	if _, ok := a.caller.(pieceSender); ok {
		err = upload.Send(ctx, workFolder{a}, upload.File(u))
	}
	if err != nil {
		return fmt.Errorf("upload %s: %w", printable.Line(u.Dir+"/"+u.Name, 200), err)
	}
	return nil
}

// errUploadCaller reports that a [Caller] can only make calls.
var errUploadCaller = errors.New("only a Client or a Session can upload")

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

// workFolder is the hub's folder for uploads.
type workFolder struct{ api API }

// Check implements [upload.Hub].
func (w workFolder) Check(ctx context.Context, dir, name, volume string) (*upload.Received, error) {
	named := Named{"verify": "adler32"}
	setIf(named, "volume", volume)
	return CallInto[*upload.Received](ctx, w.api, "checkUpload", dir, name, named)
}

// Write implements [upload.Hub].
func (w workFolder) Write(ctx context.Context, to url.Values, piece []byte) (got upload.Received, err error) {
	err = w.api.sendPiece(ctx, to, piece, &got)
	return got, err
}
