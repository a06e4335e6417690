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

// Upload is a file to upload to the hub's work folder, from which [API.CGImport] takes it.
type Upload struct {
	// Dir is a folder in the hub's work folder, such as "mytool/1764501234.kYxz". It
	// belongs to the user who first uploads to it. Choose a new name for each build.
	Dir string
	// Name is the file's name, without a folder.
	Name string
	// Content is the content of the file, and Size its length.
	Content io.ReaderAt
	Size    int64
	// Overwrite replaces an existing file. Without it, Upload fails if the hub has a
	// file of that name that is not the beginning of this one.
	Overwrite bool
	// Volume is the name of the hub's volume. Default: the hub's default volume.
	Volume string
	// Piece is the number of bytes to send, and hold in memory, at a time. Default:
	// 1 MiB.
	Piece int
	// Progress, if set, is called after each piece with the number of bytes that the
	// hub has.
	Progress func(done int64)
}

// Upload sends a file to the hub. It needs a session: a [*Session], or a client opened
// with [LoggedIn].
//
// Upload first asks the hub how much of the file it has, and sends the rest: an
// interrupted upload resumes where it stopped, even in another process. A piece that
// is lost on the way is retried like a call of a session (see Retries). Finally,
// Upload checks that the hub has the whole file, by its length and Adler-32 checksum.
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

// errUploadCaller reports that a [Caller] cannot send files.
var errUploadCaller = errors.New("only a Client or a Session can upload")

// pieceSender is a [Caller] that can also send pieces of files.
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

// workFolder is the hub's work folder, which receives uploads.
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
