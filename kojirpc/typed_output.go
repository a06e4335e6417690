package kojirpc

import (
	"context"
	"encoding/base64"
	"fmt"
	"strconv"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
)

// ListTaskOutput returns the names of the output files of a task: logs and results.
// It is empty if they have been removed.
func (a API) ListTaskOutput(ctx context.Context, id int64) ([]string, error) {
	return CallInto[[]string](ctx, a, "listTaskOutput", id)
}

// ListTaskOutputSizes returns the sizes in bytes of the output files of a task, by name.
// It is empty if they have been removed.
func (a API) ListTaskOutputSizes(ctx context.Context, id int64) (map[string]int64, error) {
	type stat struct {
		Size string `xmlrpc:"st_size"` // a string, because XML-RPC's integers have 32 bits
	}
	files, err := CallInto[map[string]stat](ctx, a, "listTaskOutput", id, Named{"stat": true})
	if err != nil {
		return nil, err
	}
	sizes := make(map[string]int64, len(files))
	for name, s := range files {
		if sizes[name], err = strconv.ParseInt(s.Size, 10, 64); err != nil {
			return nil, fmt.Errorf("hub listTaskOutput %d: %s is not a size", id, printable.Line(s.Size, 50))
		}
	}
	return sizes, nil
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
