package answers

import (
	"strconv"

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
	// os.stat() of the file, its size a text.
	stats := map[string]any{"st_atime": at, "st_ctime": at, "st_mtime": at, "st_size": strconv.FormatInt(f.Size, 10)}
	switch {
	case stat && volumes:
		return map[string]any{dataset.DefaultVolume: stats}
	case stat:
		return stats
	}
	return []string{dataset.DefaultVolume}
}
