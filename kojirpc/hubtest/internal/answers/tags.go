package answers

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// tagRow is a tag as listTags gives it.
type tagRow struct {
	ID              int64  `xmlrpc:"id"`
	Name            string `xmlrpc:"name"`
	Arches          string `xmlrpc:"arches"`
	Locked          bool   `xmlrpc:"locked"`
	MavenSupport    bool   `xmlrpc:"maven_support"`
	MavenIncludeAll bool   `xmlrpc:"maven_include_all"`
}

type permRow struct {
	PermID any `xmlrpc:"perm_id"`
	Perm   any `xmlrpc:"perm"`
}

type tagPermRow struct {
	tagRow
	permRow
}

// tagExtraRow is a tag as getTag gives it.
type tagExtraRow struct {
	tagPermRow
	Extra map[string]any `xmlrpc:"extra"`
}

type targetRow struct {
	ID           int64  `xmlrpc:"id"`
	Name         string `xmlrpc:"name"`
	BuildTag     int64  `xmlrpc:"build_tag"`
	BuildTagName string `xmlrpc:"build_tag_name"`
	DestTag      int64  `xmlrpc:"dest_tag"`
	DestTagName  string `xmlrpc:"dest_tag_name"`
}

func newTagRow(t *dataset.Tag) tagPermRow {
	return tagPermRow{
		tagRow{t.ID, t.Name, t.Arches, t.Locked, t.MavenSupport, t.MavenIncludeAll},
		permRow{python.OrNil(t.PermID), python.OrNil(t.Perm)},
	}
}

func getTag(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("tagInfo")
	t, err := c.DB.Tags.find(info)
	if err != nil {
		return nil, err
	}
	return Must(t, func(t *dataset.Tag) any {
		extra := t.Extra
		if extra == nil {
			extra = map[string]any{}
		}
		return tagExtraRow{newTagRow(t), extra}
	}, a.Truth("strict"), errNoTag(info))
}

func errNoTag(info any) error { return python.GenericError("No such tagInfo: %s", python.Repr(info)) }

func getTagID(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("info")
	return lookUp(&c.DB.Tags, info, a.Truth("strict"),
		python.GenericError("No such entry in table tag: %s", python.Str(info)),
		func(t *dataset.Tag) any { return t.ID })
}

func listTags(c *Reader, a *python.Arguments) (any, error) {
	if a.Get("package") != nil {
		return nil, notModelled("listTags by package")
	}
	in, err := c.tagsOf(a.Get("build"))
	if err != nil {
		return nil, err
	}
	keep, err := glob(a.Get("pattern"))
	if err != nil {
		return nil, err
	}
	wanted := func(t *dataset.Tag) bool { return (in == nil || in[t.Name]) && keep(t.Name) }
	if a.Truth("perms") {
		return list(a, c.DB.Tags.rows, wanted, newTagRow)
	}
	return list(a, c.DB.Tags.rows, wanted, func(t *dataset.Tag) tagRow { return newTagRow(t).tagRow })
}

// tagsOf returns the names of the tags that a build is in; nil if no build is given.
func (c *Reader) tagsOf(build any) (map[string]bool, error) {
	if build == nil {
		return nil, nil
	}
	b, err := c.DB.build(build)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, python.GenericError("No such build: %s", python.Str(build))
	}
	in := map[string]bool{}
	for _, t := range c.DB.Data.Tagged {
		if t.Build == b.ID {
			in[t.Tag] = true
		}
	}
	return in, nil
}

func getBuildTarget(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("info")
	return lookUp(&c.DB.targets, info, a.Truth("strict"),
		python.GenericError("No such build target: %s", python.Str(info)),
		func(t *dataset.Target) any { return c.DB.targetRow(t) })
}

func (s *Snapshot) targetRow(t *dataset.Target) targetRow {
	return targetRow{
		ID: t.ID, Name: t.Name,
		BuildTag: s.Tags.ByName[t.BuildTag].ID, BuildTagName: t.BuildTag,
		DestTag: s.Tags.ByName[t.DestTag].ID, DestTagName: t.DestTag,
	}
}

func getBuildTargets(c *Reader, a *python.Arguments) (any, error) {
	wanted := func(*dataset.Target) bool { return true }
	if info := a.Get("info"); python.Truth(info) {
		one, err := c.DB.targets.find(info)
		if err != nil {
			return nil, err
		}
		wanted = func(t *dataset.Target) bool { return t == one }
	}
	build, err := c.tagFilter(a.Get("buildTagID"))
	if err != nil {
		return nil, err
	}
	dest, err := c.tagFilter(a.Get("destTagID"))
	if err != nil {
		return nil, err
	}
	keep := func(t *dataset.Target) bool { return wanted(t) && build(t.BuildTag) && dest(t.DestTag) }
	return list(a, c.DB.targets.rows, keep, c.DB.targetRow)
}

// tagFilter says which tags pass, by name.
func (c *Reader) tagFilter(info any) (func(string) bool, error) {
	if info == nil {
		return func(string) bool { return true }, nil
	}
	tag, err := c.DB.Tags.find(info)
	return func(name string) bool { return tag != nil && tag.Name == name }, err
}
