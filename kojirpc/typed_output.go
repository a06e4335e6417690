package kojirpc

import (
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// ListTaskOutput returns the names of the output files of a task: logs and results.
// It is empty if they have been removed.
func (a API) ListTaskOutput(ctx context.Context, id int64) ([]string, error) {
	return CallInto[[]string](ctx, a, "listTaskOutput", id)
}

// OutputFile is what a hub knows of an output file of a task.
type OutputFile struct {
	Size     int64 // in bytes
	Modified time.Time
}

// UnmarshalXMLRPC implements [xmlrpc.Unmarshaler].
func (f *OutputFile) UnmarshalXMLRPC(d *xmlrpc.Decoder) error {
	var stat struct {
		Size     string  `xmlrpc:"st_size"` // because XML-RPC's integers have 32 bits
		Modified float64 `xmlrpc:"st_mtime"`
	}
	if err := d.Value(&stat); err != nil {
		return err
	}
	size, err := strconv.ParseInt(stat.Size, 10, 64)
	if err != nil {
		return fmt.Errorf("%s is not a size", printable.Line(stat.Size, 50))
	}
	*f = OutputFile{Size: size}
	if seconds := stat.Modified; seconds > 0 && seconds < math.MaxInt32 {
		f.Modified = time.UnixMilli(int64(1000 * seconds)).UTC()
	}
	return nil
}

// StatTaskOutput returns size and age of the output files of a task, by name. It is empty
// if they have been removed.
func (a API) StatTaskOutput(ctx context.Context, id int64) (map[string]OutputFile, error) {
	return call(ctx, a, statTaskOutput(id))
}

func statTaskOutput(id int64) spec[map[string]OutputFile] {
	return plain[map[string]OutputFile]("listTaskOutput", id, Named{"stat": true})
}

// DownloadTaskOutput returns a part of an output file of a task: at most size bytes
// from offset. A negative offset counts from the end of the file and must not be before
// its beginning. The error is a CodeGenericError if there is no such file.
func (a API) DownloadTaskOutput(ctx context.Context, id int64, name string, offset, size int64) ([]byte, error) {
	if size < 0 {
		return nil, fmt.Errorf("hub downloadTaskOutput %d: the size is negative", id)
	}
	text, err := CallInto[string](ctx, a, "downloadTaskOutput", id, name, offset, size)
	if err != nil {
		return nil, err
	}
	data, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("hub downloadTaskOutput %d: %w", id, err)
	}
	return data[:min(int64(len(data)), size)], nil
}
