package hubtest

import (
	"slices"

	"github.com/kojiwatch/kojiwatch/koji"
)

func listTagged(c *call, a *arguments) (any, error) {
	info := a.get("tag")
	tag, err := c.db.tags.find(info)
	switch {
	case err != nil:
		return nil, err
	case tag == nil && a.truth("strict"):
		return nil, errNoTag(info)
	case tag == nil:
		return []taggedRow{}, nil
	}
	rows := c.taggedRows(tag, a, a.truth("inherit"), newest(a.get("latest")))
	if prefix := a.get("prefix"); truth(prefix) {
		rows = slices.DeleteFunc(rows, func(r taggedRow) bool { return !hasPrefixFold(r.PackageName, str(prefix)) })
	}
	if !a.truth("extra") {
		return rows, nil
	}
	out := make([]taggedExtraRow, len(rows))
	for i, r := range rows {
		out[i] = taggedExtraRow{r, c.db.builds.byID[r.ID].Extra}
	}
	return out, nil
}

func getLatestBuilds(c *call, a *arguments) (any, error) {
	info := a.get("tag")
	tag, err := c.db.tags.find(info)
	if err != nil {
		return nil, err
	}
	if tag == nil {
		return nil, genericError("No such entry in table tag: %s", str(info))
	}
	return c.taggedRows(tag, a, true, 1), nil
}

// newest reads the argument latest: how many builds of each package are wanted,
// 0 for all.
func newest(v any) int {
	if n, ok := v.(int64); ok {
		return int(n)
	}
	return boolInt(truth(v))
}

// taggedRows is the builds in a tag, and in those it inherits from.
func (c *call) taggedRows(tag *Tag, a *arguments, inherit bool, latest int) []taggedRow {
	tags := []*Tag{tag}
	if inherit {
		tags = c.db.heritage(tag)
	}
	keep := taggedFilter(a)
	seen := map[string]int{}
	rows := []taggedRow{}
	for _, t := range tags {
		for _, in := range c.db.tagged[t.Name] {
			b := c.db.builds.byID[in.Build]
			if !keep.passes(b) || latest > 0 && seen[b.Package] >= latest {
				continue
			}
			seen[b.Package]++
			rows = append(rows, taggedRow{buildCore: c.db.buildCore(b), ID: b.ID,
				TagID: t.ID, TagName: t.Name, CreateEvent: orNil(in.Event)})
		}
	}
	return rows
}

// taggedFilter makes the conditions that listTagged and getLatestBuilds share.
func taggedFilter(a *arguments) filter[*Build] {
	f := filter[*Build]{func(b *Build) bool { return b.State == koji.BuildComplete.String() }}
	if name := a.get("package"); truth(name) {
		f.add(func(b *Build) bool { return b.Package == name })
	}
	if typ := a.get("type"); typ != nil {
		f.add(func(b *Build) bool { return slices.Contains(b.Types, str(typ)) })
	}
	if draft, ok := a.get("draft").(bool); ok {
		f.add(func(b *Build) bool { return b.Draft == draft })
	}
	if a.sig.name == "listTagged" && truth(a.get("owner")) {
		f.add(func(b *Build) bool { return b.Owner == a.get("owner") })
	}
	return f
}

// heritage is a tag and all it inherits from, depth first, each once.
func (s *snapshot) heritage(tag *Tag) []*Tag {
	var out []*Tag
	seen := map[string]bool{}
	var walk func(*Tag)
	walk = func(t *Tag) {
		if t == nil || seen[t.Name] {
			return
		}
		seen[t.Name] = true
		out = append(out, t)
		for _, parent := range t.Parents {
			walk(s.tags.byName[parent])
		}
	}
	walk(tag)
	return out
}
