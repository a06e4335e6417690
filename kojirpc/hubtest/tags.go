package hubtest

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

func newTagRow(t *Tag) tagPermRow {
	return tagPermRow{
		tagRow{t.ID, t.Name, t.Arches, t.Locked, t.MavenSupport, t.MavenIncludeAll},
		permRow{orNil(t.PermID), orNil(t.Perm)},
	}
}

func getTag(c *call, a *arguments) (any, error) {
	info := a.get("tagInfo")
	t, err := c.db.tags.find(info)
	if err != nil {
		return nil, err
	}
	return must(t, func(t *Tag) any {
		extra := t.Extra
		if extra == nil {
			extra = map[string]any{}
		}
		return tagExtraRow{newTagRow(t), extra}
	}, a.truth("strict"), errNoTag(info))
}

func errNoTag(info any) error { return genericError("No such tagInfo: %s", repr(info)) }

func getTagID(c *call, a *arguments) (any, error) {
	info := a.get("info")
	t, err := c.db.tags.find(info)
	if err != nil {
		return nil, err
	}
	return must(t, func(t *Tag) any { return t.ID }, a.truth("strict"),
		genericError("No such entry in table tag: %s", str(info)))
}

func listTags(c *call, a *arguments) (any, error) {
	if a.get("package") != nil {
		return nil, notModelled("listTags by package")
	}
	in, err := c.tagsOf(a.get("build"))
	if err != nil {
		return nil, err
	}
	keep, err := glob(a.get("pattern"))
	if err != nil {
		return nil, err
	}
	var rows []tagPermRow
	for _, t := range c.db.tags.rows {
		if (in == nil || in[t.Name]) && keep(t.Name) {
			rows = append(rows, newTagRow(t))
		}
	}
	if a.truth("perms") {
		return answer(newQuery(a.get("queryOpts")), rows)
	}
	bare := make([]tagRow, len(rows))
	for i := range rows {
		bare[i] = rows[i].tagRow
	}
	return answer(newQuery(a.get("queryOpts")), bare)
}

// tagsOf is the names of the tags that a build is in; nil if no build is given.
func (c *call) tagsOf(build any) (map[string]bool, error) {
	if build == nil {
		return nil, nil
	}
	b, err := c.db.build(build)
	if err != nil {
		return nil, err
	}
	if b == nil {
		return nil, genericError("No such build: %s", str(build))
	}
	in := map[string]bool{}
	for _, t := range c.db.data.Tagged {
		if t.Build == b.ID {
			in[t.Tag] = true
		}
	}
	return in, nil
}

func getBuildTarget(c *call, a *arguments) (any, error) {
	info := a.get("info")
	t, err := c.db.targets.find(info)
	if err != nil {
		return nil, err
	}
	return must(t, func(t *Target) any { return c.db.targetRow(t) }, a.truth("strict"),
		genericError("No such build target: %s", str(info)))
}

func (s *snapshot) targetRow(t *Target) targetRow {
	return targetRow{
		ID: t.ID, Name: t.Name,
		BuildTag: s.tags.byName[t.BuildTag].ID, BuildTagName: t.BuildTag,
		DestTag: s.tags.byName[t.DestTag].ID, DestTagName: t.DestTag,
	}
}

func getBuildTargets(c *call, a *arguments) (any, error) {
	wanted := func(*Target) bool { return true }
	if info := a.get("info"); truth(info) {
		one, err := c.db.targets.find(info)
		if err != nil {
			return nil, err
		}
		wanted = func(t *Target) bool { return t == one }
	}
	build, err := c.tagFilter(a.get("buildTagID"))
	if err != nil {
		return nil, err
	}
	dest, err := c.tagFilter(a.get("destTagID"))
	if err != nil {
		return nil, err
	}
	var rows []targetRow
	for _, t := range c.db.targets.rows {
		if wanted(t) && build(t.BuildTag) && dest(t.DestTag) {
			rows = append(rows, c.db.targetRow(t))
		}
	}
	return answer(newQuery(a.get("queryOpts")), rows)
}

// tagFilter says which tags pass, by name.
func (c *call) tagFilter(info any) (func(string) bool, error) {
	if info == nil {
		return func(string) bool { return true }, nil
	}
	tag, err := c.db.tags.find(info)
	return func(name string) bool { return tag != nil && tag.Name == name }, err
}

// createTag adds a tag, so that there is a call that needs a permission.
func createTag(c *call, a *arguments) (any, error) {
	if err := c.assertPerm("tag"); err != nil {
		return nil, err
	}
	name := str(a.get("name"))
	if c.db.tags.byName[name] != nil {
		return nil, genericError("A tag with the name '%s' already exists", name)
	}
	arches, _ := a.get("arches").(string)
	err := c.hub.Update(func(d *Data) { d.Tags = append(d.Tags, Tag{Name: name, Arches: arches, Locked: a.truth("locked")}) })
	if err != nil {
		return nil, err
	}
	c.changed()
	return c.db.tags.byName[name].ID, nil
}

// changed has the rest of the request see what it changed.
func (c *call) changed() {
	c.db = c.hub.current.Load()
	c.wrote = true
}
