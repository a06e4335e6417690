package answers

import (
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// getRepo returns the newest repository of a tag that is ready or in the given state; null
// if there is none.
//
// Source: old_get_repo in kojihub/kojihub.py.
func getRepo(c *Reader, a *python.Arguments) (any, error) {
	if a.Get("event") != nil || a.Get("min_event") != nil {
		return nil, notModelled("getRepo by event")
	}
	info := a.Get("tag")
	tag, err := c.DB.Tags.find(info)
	if err != nil {
		return nil, err
	}
	if tag == nil {
		return nil, errNoTag(info)
	}
	state := int64(koji.RepoReady.Number())
	if n, ok := a.Get("state").(int64); ok {
		state = n
	}
	var newest *dataset.Repo
	for _, r := range c.DB.repos.rows {
		fits := r.Tag == tag.Name && r.Dist == a.Truth("dist") && int64(koji.RepoStateNamed(r.State).Number()) == state
		if fits && (newest == nil || r.CreateEvent > newest.CreateEvent) {
			newest = r
		}
	}
	if newest == nil {
		return nil, nil
	}
	row := c.DB.repoRow(newest)
	out := map[string]any{}
	for _, name := range []string{"id", "state", "task_id", "create_event", "creation_time", "create_ts", "dist"} {
		out[name] = row[name]
	}
	return out, nil
}
