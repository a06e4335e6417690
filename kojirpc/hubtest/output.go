package hubtest

import "strconv"

// statRow is os.stat() of a file, its size a text.
type statRow struct {
	Accessed *float64 `xmlrpc:"st_atime"`
	Changed  *float64 `xmlrpc:"st_ctime"`
	Modified *float64 `xmlrpc:"st_mtime"`
	Size     string   `xmlrpc:"st_size"`
}

func listTaskOutput(c *call, a *arguments) (any, error) {
	t, err := c.task(a.get("taskID"))
	if err != nil {
		return nil, err
	}
	if t == nil && a.truth("strict") {
		return nil, genericError("Task doesn't exist")
	}
	names := []string{}
	byName := map[string]any{}
	if t == nil {
		t = &Task{}
	}
	for _, f := range t.Output {
		names = append(names, f.Name)
		byName[f.Name] = f.info(a.truth("stat"), a.truth("all_volumes"))
	}
	if a.truth("stat") || a.truth("all_volumes") {
		return byName, nil
	}
	return names, nil
}

func (f OutputFile) info(stat, volumes bool) any {
	at := stamp(f.Modified)
	row := statRow{Accessed: at, Changed: at, Modified: at, Size: strconv.FormatInt(f.Size, 10)}
	switch {
	case stat && volumes:
		return map[string]any{defaultVolume: row}
	case stat:
		return row
	}
	return []string{defaultVolume}
}
