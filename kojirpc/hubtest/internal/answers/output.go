package answers

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

func listTaskOutput(c *Reader, a *python.Arguments) (any, error) {
	t, err := c.task(a.Get("taskID"))
	if err != nil {
		return nil, err
	}
	if t == nil && a.Truth("strict") {
		return nil, python.GenericError("Task doesn't exist")
	}
	names := []string{}
	byName := map[string]any{}
	if t == nil {
		t = &dataset.Task{}
	}
	for i := range t.Output {
		f := &t.Output[i]
		names = append(names, f.Name)
		byName[f.Name] = outputInfo(f, a.Truth("stat"), a.Truth("all_volumes"))
	}
	if a.Truth("stat") || a.Truth("all_volumes") {
		return byName, nil
	}
	return names, nil
}

func outputInfo(f *dataset.OutputFile, stat, volumes bool) any {
	at := Stamp(f.Modified)
	// os.stat() of the file, with the size as a string.
	stats := map[string]any{"st_atime": at, "st_ctime": at, "st_mtime": at, "st_size": strconv.FormatInt(f.Length(), 10)}
	switch {
	case stat && volumes:
		return map[string]any{dataset.DefaultVolume: stats}
	case stat:
		return stats
	}
	return []string{dataset.DefaultVolume}
}

// downloadTaskOutput returns a part of a file in base64.
func downloadTaskOutput(c *Reader, a *python.Arguments) (any, error) {
	size, err := taskID(a.Get("size")) // any int
	if err != nil {
		return nil, err
	}
	name, _ := a.Get("fileName").(string)
	if strings.Contains(name, "..") {
		return nil, python.GenericError("Invalid file name: %s", name)
	}
	id, err := taskID(a.Get("taskID"))
	if err != nil {
		return nil, err
	}
	f := c.output(id, name)
	if f == nil {
		return nil, python.GenericError(`no file "%s" output by task %d`, name, id)
	}
	offset := int64(0)
	if a.Get("offset") != nil {
		if offset, err = taskID(a.Get("offset")); err != nil {
			return nil, err
		}
	}
	return part(f, offset, size)
}

// output returns a file of a task; nil if there is none.
func (c *Reader) output(id int64, name string) *dataset.OutputFile {
	t := c.DB.Tasks.ByID[id]
	if t == nil {
		return nil
	}
	for i := range t.Output {
		if t.Output[i].Name == name {
			return &t.Output[i]
		}
	}
	return nil
}

// maxPart limits the result for files of which only the size is given.
const maxPart = 64 << 20

// part works like Python's seek and read: a negative offset counts from the end, and a
// negative size means to the end.
func part(f *dataset.OutputFile, offset, size int64) (any, error) {
	length := f.Length()
	if offset < 0 {
		offset += length
	}
	if offset < 0 {
		return nil, python.BuiltinError("OSError", "[Errno 22] Invalid argument")
	}
	offset = min(offset, length)
	end := length
	if size >= 0 {
		end = min(offset+size, length)
	}
	if end-offset > maxPart {
		return nil, notModelled("downloadTaskOutput of more than 64 MiB")
	}
	data := make([]byte, end-offset)
	if offset < int64(len(f.Content)) {
		copy(data, f.Content[offset:])
	}
	return base64.StdEncoding.EncodeToString(data), nil
}
