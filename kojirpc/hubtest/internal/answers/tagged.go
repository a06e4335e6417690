package answers

import (
	"slices"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

func listTagged(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("tag")
	tag, err := c.DB.Tags.find(info)
	switch {
	case err != nil:
		return nil, err
	case tag == nil && a.Truth("strict"):
		return nil, errNoTag(info)
	case tag == nil:
		return objects(nil), nil
	}
	rows := c.tagged(tag, a, a.Truth("inherit"), newest(a.Get("latest")))
	if prefix := a.Get("prefix"); python.Truth(prefix) {
		rows = slices.DeleteFunc(rows, func(r map[string]any) bool {
			return !hasPrefixFold(python.Str(r["package_name"]), python.Str(prefix))
		})
	}
	if a.Truth("extra") {
		for _, r := range rows {
			r["extra"] = c.DB.builds.ByID[r["id"].(int64)].Extra
		}
	}
	return rows, nil
}

func getLatestBuilds(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("tag")
	tag, err := c.DB.Tags.find(info)
	if err != nil {
		return nil, err
	}
	if tag == nil {
		return nil, python.GenericError("No such entry in table tag: %s", python.Str(info))
	}
	return c.tagged(tag, a, true, 1), nil
}

// newest parses the argument latest: the number of builds of each package to return; 0
// means all.
func newest(v any) int {
	if n, ok := v.(int64); ok {
		return int(n)
	}
	return boolInt(python.Truth(v))
}

// tagged returns the builds in a tag and, with inherit, in the tags it inherits from.
func (c *Reader) tagged(tag *dataset.Tag, a *python.Arguments, inherit bool, latest int) []map[string]any {
	tags := []*dataset.Tag{tag}
	if inherit {
		tags = c.DB.inherited(tag)
	}
	keep := taggedFilter(a)
	seen := map[string]int{}
	rows := []map[string]any{}
	for _, t := range tags {
		for _, in := range c.DB.tagged[t.Name] {
			b := c.DB.builds.ByID[in.Build]
			if event, ok := a.Get("event").(int64); ok && in.Event > event {
				continue
			}
			if !keep.passes(b) || latest > 0 && seen[b.Package] >= latest {
				continue
			}
			seen[b.Package]++
			rows = append(rows, c.DB.taggedRow(b, t, in).object())
		}
	}
	return rows
}

// taggedFilter returns the common conditions of listTagged and getLatestBuilds.
func taggedFilter(a *python.Arguments) filter[*dataset.Build] {
	f := filter[*dataset.Build]{func(b *dataset.Build) bool { return b.State == koji.BuildComplete.String() }}
	if name := a.Get("package"); python.Truth(name) {
		f.add(func(b *dataset.Build) bool { return b.Package == name })
	}
	if typ := a.Get("type"); typ != nil {
		f.add(func(b *dataset.Build) bool { return slices.Contains(b.Types, python.Str(typ)) })
	}
	if draft, ok := a.Get("draft").(bool); ok {
		f.add(func(b *dataset.Build) bool { return b.Draft == draft })
	}
	if a.Sig.Name == "listTagged" && python.Truth(a.Get("owner")) {
		f.add(func(b *dataset.Build) bool { return b.Owner == a.Get("owner") })
	}
	return f
}

// inherited returns a tag and all tags it inherits from, depth first, each once.
func (s *Snapshot) inherited(tag *dataset.Tag) []*dataset.Tag {
	var out []*dataset.Tag
	seen := map[string]bool{}
	var walk func(*dataset.Tag)
	walk = func(t *dataset.Tag) {
		if t == nil || seen[t.Name] {
			return
		}
		seen[t.Name] = true
		out = append(out, t)
		for _, parent := range t.Parents {
			walk(s.Tags.ByName[parent])
		}
	}
	walk(tag)
	return out
}
