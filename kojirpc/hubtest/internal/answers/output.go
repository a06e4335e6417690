package answers

import (
	"strconv"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// statRow is os.stat() of a file, its size a text.
type statRow struct {
	Accessed *float64 `xmlrpc:"st_atime"`
	Changed  *float64 `xmlrpc:"st_ctime"`
	Modified *float64 `xmlrpc:"st_mtime"`
	Size     string   `xmlrpc:"st_size"`
}

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
	for _, f := range t.Output {
		names = append(names, f.Name)
		byName[f.Name] = outputInfo(f, a.Truth("stat"), a.Truth("all_volumes"))
	}
	if a.Truth("stat") || a.Truth("all_volumes") {
		return byName, nil
	}
	return names, nil
}

func outputInfo(f dataset.OutputFile, stat, volumes bool) any {
	at := Stamp(f.Modified)
	row := statRow{Accessed: at, Changed: at, Modified: at, Size: strconv.FormatInt(f.Size, 10)}
	switch {
	case stat && volumes:
		return map[string]any{dataset.DefaultVolume: row}
	case stat:
		return row
	}
	return []string{dataset.DefaultVolume}
}
