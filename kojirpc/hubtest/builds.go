package hubtest

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

func getBuild(c *call, a *arguments) (any, error) {
	info := a.get("buildInfo")
	b, err := c.db.build(info)
	if err != nil {
		return nil, err
	}
	complaint := genericError("No such build: %s", repr(info))
	return must(b, func(b *Build) any { return c.db.oneBuildRow(b) }, a.truth("strict"), complaint)
}

// build looks a build up by id, by NVR or by a struct of name, version and
// release.
func (s *snapshot) build(info any) (*Build, error) {
	switch v := info.(type) {
	case int64:
		return s.builds.byID[v], nil
	case string:
		if n, err := koji.ParseNVR(v); err == nil {
			return s.builds.byName[n.Name+"-"+n.Version+"-"+n.Release], nil
		}
		return nil, genericError("invalid format: %s", v)
	case map[string]any:
		var parts []string
		for _, k := range []string{"name", "version", "release"} {
			part, ok := v[k]
			if !ok {
				return nil, genericError("did not provide name, version, and release")
			}
			parts = append(parts, str(part))
		}
		return s.builds.byName[strings.Join(parts, "-")], nil
	}
	return nil, genericError("Invalid type for argument: <class '%s'>", typeName(info))
}

func listBuilds(c *call, a *arguments) (any, error) {
	if truth(a.get("typeInfo")) {
		return nil, notModelled("listBuilds by typeInfo")
	}
	keep, none, err := c.buildFilter(a)
	if err != nil {
		return nil, err
	}
	rows := []buildRow{}
	if none {
		return rows, nil // whatever queryOpts say, as on a hub
	}
	for _, b := range c.db.builds.rows {
		if keep.passes(b) {
			rows = append(rows, c.db.buildRow(b))
		}
	}
	return answer(newQuery(a.get("queryOpts")), rows)
}

// filter is conditions that all must hold.
type filter[T any] []func(T) bool

func (f filter[T]) passes(v T) bool {
	for _, holds := range f {
		if !holds(v) {
			return false
		}
	}
	return true
}

func (f *filter[T]) add(holds func(T) bool) { *f = append(*f, holds) }

// buildFilter makes the conditions of listBuilds. none: one of them names what
// is not there.
func (c *call) buildFilter(a *arguments) (f filter[*Build], none bool, err error) {
	for _, part := range []func(*arguments, *filter[*Build]) (bool, error){
		c.byPackage, c.byPeople, c.byTask, c.byText, c.byKind, c.byTime,
	} {
		if none, err = part(a, &f); none || err != nil {
			return nil, none, err
		}
	}
	return f, false, nil
}

func (c *call) byPackage(a *arguments, f *filter[*Build]) (none bool, err error) {
	info := a.get("packageID")
	if info == nil {
		return false, nil
	}
	p, err := c.db.packages.find(info)
	if p == nil || err != nil {
		return true, err
	}
	f.add(func(b *Build) bool { return b.Package == p.Name })
	return false, nil
}

func (c *call) byPeople(a *arguments, f *filter[*Build]) (none bool, err error) {
	for name, of := range map[string]func(*Build) string{
		"userID":   func(b *Build) string { return b.Owner },
		"promoter": func(b *Build) string { return b.Promoter },
	} {
		info := a.get(name)
		if info == nil {
			continue
		}
		u, err := c.db.user(info)
		if u == nil || err != nil {
			return true, err
		}
		f.add(func(b *Build) bool { return of(b) == u.Name })
	}
	return false, nil
}

func (c *call) byTask(a *arguments, f *filter[*Build]) (bool, error) {
	switch id := a.get("taskID"); id {
	case nil:
	case int64(-1):
		f.add(func(b *Build) bool { return b.Task != 0 })
	default:
		f.add(func(b *Build) bool { return b.Task != 0 && b.Task == id })
	}
	if n, ok := a.get("state").(int64); ok {
		f.add(func(b *Build) bool { return int64(b.stateNumber()) == n })
	}
	if n, ok := a.get("volumeID").(int64); ok {
		f.add(func(b *Build) bool { return int64(slices.Index(c.db.data.Volumes, b.Volume)) == n })
	}
	if draft, ok := a.get("draft").(bool); ok {
		f.add(func(b *Build) bool { return b.Draft == draft })
	}
	return false, nil
}

func (c *call) byText(a *arguments, f *filter[*Build]) (bool, error) {
	if source := a.get("source"); source != nil {
		match, err := glob(source)
		if err != nil {
			return false, err
		}
		f.add(func(b *Build) bool { return b.Source != "" && match(b.Source) })
	}
	match, err := glob(a.get("pattern"))
	if err != nil {
		return false, err
	}
	f.add(func(b *Build) bool { return match(b.nvr()) })
	if prefix := a.get("prefix"); truth(prefix) {
		f.add(func(b *Build) bool { return hasPrefixFold(b.Package, str(prefix)) })
	}
	return false, nil
}

func (c *call) byKind(a *arguments, f *filter[*Build]) (none bool, err error) {
	if typ := a.get("type"); typ != nil {
		f.add(func(b *Build) bool { return slices.Contains(b.Types, str(typ)) })
	}
	switch cg := a.get("cgID").(type) {
	case string:
		none = !slices.Contains(c.db.data.CGs, cg)
		f.add(func(b *Build) bool { return b.CG == cg })
	case int64:
		none = cg < 1 || cg > int64(len(c.db.data.CGs))
		f.add(func(b *Build) bool { return b.CG != "" && slices.Index(c.db.data.CGs, b.CG)+1 == int(cg) })
	}
	return none, nil
}

func (c *call) byTime(a *arguments, f *filter[*Build]) (bool, error) {
	for name, of := range map[string]func(*Build) time.Time{
		"created":  func(b *Build) time.Time { return b.Created },
		"complete": func(b *Build) time.Time { return b.Completed },
		"promoted": func(b *Build) time.Time { return b.Promoted },
	} {
		if err := before(f, a.get(name+"Before"), of); err != nil {
			return false, err
		}
		if err := after(f, a.get(name+"After"), of); err != nil {
			return false, err
		}
	}
	return false, nil
}

// before adds the condition that a time is known and before another.
func before[T any](f *filter[T], limit any, of func(T) time.Time) error {
	if !truth(limit) {
		return nil
	}
	end, err := moment(limit)
	f.add(func(v T) bool { return !of(v).IsZero() && of(v).Before(end) })
	return err
}

func after[T any](f *filter[T], limit any, of func(T) time.Time) error {
	if !truth(limit) {
		return nil
	}
	begin, err := moment(limit)
	f.add(func(v T) bool { return of(v).After(begin) })
	return err
}

// latestFirst sorts the builds of a tag as a hub does.
func latestFirst(a, b *Tagged) int {
	if d := cmp.Compare(b.Event, a.Event); d != 0 {
		return d
	}
	return cmp.Compare(b.Build, a.Build)
}
