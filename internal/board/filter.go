package board

import (
	"net/url"
	"path"
	"slices"
	"strings"
)

// Filter chooses entries. An empty list chooses all, and one of several values is enough.
// Owners, packages, targets and tags may have the wildcards of path.Match.
type Filter struct {
	Text                            string // in names, owners, methods, ids, tags
	Owners, Packages, Targets, Tags []string
	Arches                          []string
	States                          []string
	Scratch                         string // yes, no or "" for both
}

// The bounds of a filter from outside.
const (
	maxFilterValues = 20
	maxFilterText   = 100
)

// ParseFilter reads a filter from the query of a URL. What it does not know it ignores.
func ParseFilter(query url.Values) Filter {
	list := func(name string) []string {
		var values []string
		for _, v := range query[name] {
			if v = strings.TrimSpace(v); v != "" && len(v) <= maxFilterText && len(values) < maxFilterValues {
				values = append(values, v)
			}
		}
		return values
	}
	f := Filter{
		Owners: list("owner"), Packages: list("package"), Targets: list("target"), Tags: list("tag"),
		Arches: list("arch"), States: list("state"),
	}
	if texts := list("q"); len(texts) > 0 {
		f.Text = strings.ToLower(texts[0])
	}
	if s := query.Get("scratch"); s == "yes" || s == "no" {
		f.Scratch = s
	}
	return f
}

// Query returns the query that the filter is read from.
func (f *Filter) Query() url.Values {
	q := url.Values{
		"owner": f.Owners, "package": f.Packages, "target": f.Targets, "tag": f.Tags, "arch": f.Arches, "state": f.States,
	}
	if f.Text != "" {
		q.Set("q", f.Text)
	}
	if f.Scratch != "" {
		q.Set("scratch", f.Scratch)
	}
	return q
}

// Match reports whether an entry passes.
func (f *Filter) Match(e *Entry) bool {
	return one(f.States, string(e.State)) && one(f.Owners, e.Owner) && one(f.Packages, e.Package) && one(f.Targets, e.Target) &&
		(f.Scratch == "" || (f.Scratch == "yes") == e.Scratch) &&
		(f.Text == "" || strings.Contains(e.text, f.Text)) &&
		(len(f.Tags) == 0 || slices.ContainsFunc(e.tagNames(), func(t string) bool { return one(f.Tags, t) })) &&
		(len(f.Arches) == 0 || slices.ContainsFunc(e.Tasks, func(n Node) bool { return n.Arch != "" && one(f.Arches, n.Arch) }))
}

// tagNames are the tags that an entry has to do with.
func (e *Entry) tagNames() []string {
	tags := e.Tags()
	for _, n := range e.Tasks {
		if n.Tag != "" {
			tags = append(slices.Clip(tags), n.Tag)
		}
	}
	return tags
}

func one(patterns []string, value string) bool {
	return len(patterns) == 0 || slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(p, value)
		return ok || err != nil && p == value
	})
}
