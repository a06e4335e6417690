package answers

import (
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// tagRow returns a tag as in listTags.
func tagRow(t *dataset.Tag) row {
	return row{
		{"id", t.ID}, {"name", t.Name}, {"arches", t.Arches}, {"locked", t.Locked},
		{"maven_support", t.MavenSupport}, {"maven_include_all", t.MavenIncludeAll},
	}
}

func tagPermRow(t *dataset.Tag) row {
	return append(tagRow(t), row{{"perm_id", python.OrNil(t.PermID)}, {"perm", python.OrNil(t.Perm)}}...)
}

func getTag(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("tagInfo")
	t, err := c.DB.Tags.find(info)
	if err != nil {
		return nil, err
	}
	return Must(t, func(t *dataset.Tag) any {
		return append(tagPermRow(t), column{"extra", orEmpty(t.Extra)}).object()
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
		return list(a, c.DB.Tags.rows, wanted, tagPermRow)
	}
	return list(a, c.DB.Tags.rows, wanted, tagRow)
}

// tagsOf returns the names of the tags that a build is in; nil if no build is given.
func (c *Reader) tagsOf(build any) (map[string]bool, error) {
	if build == nil {
		return nil, nil
	}
	b, err := c.DB.Build(build)
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
		func(t *dataset.Target) any { return c.DB.targetRow(t).object() })
}

func (s *Snapshot) targetRow(t *dataset.Target) row {
	return row{
		{"id", t.ID}, {"name", t.Name},
		{"build_tag", s.Tags.ByName[t.BuildTag].ID}, {"build_tag_name", t.BuildTag},
		{"dest_tag", s.Tags.ByName[t.DestTag].ID}, {"dest_tag_name", t.DestTag},
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

// tagFilter returns a function that reports whether a tag of that name passes.
func (c *Reader) tagFilter(info any) (func(string) bool, error) {
	if info == nil {
		return func(string) bool { return true }, nil
	}
	tag, err := c.DB.Tags.find(info)
	return func(name string) bool { return tag != nil && tag.Name == name }, err
}
