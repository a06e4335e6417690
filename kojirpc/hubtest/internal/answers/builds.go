package answers

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

func getBuild(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("buildInfo")
	b, err := c.DB.Build(info)
	if err != nil {
		return nil, err
	}
	complaint := python.GenericError("No such build: %s", python.Repr(info))
	return Must(b, c.DB.OneBuild, a.Truth("strict"), complaint)
}

// Build looks up a build by id, by NVR or by a struct of name, version and release.
func (s *Snapshot) Build(info any) (*dataset.Build, error) {
	switch v := info.(type) {
	case int64:
		return s.builds.ByID[v], nil
	case string:
		if n, err := koji.ParseNVR(v); err == nil {
			return s.builds.ByName[n.Name+"-"+n.Version+"-"+n.Release], nil
		}
		return nil, python.GenericError("invalid format: %s", v)
	case map[string]any:
		var parts []string
		for _, k := range []string{"name", "version", "release"} {
			part, ok := v[k]
			if !ok {
				return nil, python.GenericError("did not provide name, version, and release")
			}
			parts = append(parts, python.Str(part))
		}
		return s.builds.ByName[strings.Join(parts, "-")], nil
	}
	return nil, python.GenericError("Invalid type for argument: <class '%s'>", python.TypeName(info))
}

// NextBuild returns the id for a new build.
func (s *Snapshot) NextBuild() int64 {
	return s.builds.Next(func(b *dataset.Build) int64 { return b.ID })
}

func listBuilds(c *Reader, a *python.Arguments) (any, error) {
	if python.Truth(a.Get("typeInfo")) {
		return nil, notModelled("listBuilds by typeInfo")
	}
	keep, none, err := c.buildFilter(a)
	if err != nil {
		return nil, err
	}
	if none {
		return objects(nil), nil // like a hub, ignore queryOpts
	}
	return list(a, c.DB.builds.rows, keep.passes, c.DB.buildRow)
}

// filter is a list of conditions that must all hold.
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

// buildFilter returns the conditions of listBuilds. none reports that no build can match,
// because a condition names something that does not exist.
func (c *Reader) buildFilter(a *python.Arguments) (f filter[*dataset.Build], none bool, err error) {
	for _, part := range []func(*python.Arguments, *filter[*dataset.Build]) (bool, error){
		c.byPackage, c.byPeople, c.byTask, c.byText, c.byKind, c.byTime,
	} {
		if none, err = part(a, &f); none || err != nil {
			return nil, none, err
		}
	}
	return f, false, nil
}

func (c *Reader) byPackage(a *python.Arguments, f *filter[*dataset.Build]) (none bool, err error) {
	info := a.Get("packageID")
	if info == nil {
		return false, nil
	}
	p, err := c.DB.packages.find(info)
	if p == nil || err != nil {
		return true, err
	}
	f.add(func(b *dataset.Build) bool { return b.Package == p.Name })
	return false, nil
}

func (c *Reader) byPeople(a *python.Arguments, f *filter[*dataset.Build]) (none bool, err error) {
	for name, of := range map[string]func(*dataset.Build) string{
		"userID":   func(b *dataset.Build) string { return b.Owner },
		"promoter": func(b *dataset.Build) string { return b.Promoter },
	} {
		info := a.Get(name)
		if info == nil {
			continue
		}
		u, err := c.DB.User(info)
		if u == nil || err != nil {
			return true, err
		}
		f.add(func(b *dataset.Build) bool { return of(b) == u.Name })
	}
	return false, nil
}

func (c *Reader) byTask(a *python.Arguments, f *filter[*dataset.Build]) (bool, error) {
	switch id := a.Get("taskID"); id {
	case nil:
	case int64(-1):
		f.add(func(b *dataset.Build) bool { return b.Task != 0 })
	default:
		f.add(func(b *dataset.Build) bool { return b.Task != 0 && b.Task == id })
	}
	if n, ok := a.Get("state").(int64); ok {
		f.add(func(b *dataset.Build) bool { return int64(b.StateNumber()) == n })
	}
	if n, ok := a.Get("volumeID").(int64); ok {
		f.add(func(b *dataset.Build) bool { return int64(slices.Index(c.DB.Data.Volumes, b.Volume)) == n })
	}
	if draft, ok := a.Get("draft").(bool); ok {
		f.add(func(b *dataset.Build) bool { return b.Draft == draft })
	}
	return false, nil
}

func (c *Reader) byText(a *python.Arguments, f *filter[*dataset.Build]) (bool, error) {
	if source := a.Get("source"); source != nil {
		match, err := glob(source)
		if err != nil {
			return false, err
		}
		f.add(func(b *dataset.Build) bool { return b.Source != "" && match(b.Source) })
	}
	match, err := glob(a.Get("pattern"))
	if err != nil {
		return false, err
	}
	f.add(func(b *dataset.Build) bool { return match(b.NVR()) })
	if prefix := a.Get("prefix"); python.Truth(prefix) {
		f.add(func(b *dataset.Build) bool { return hasPrefixFold(b.Package, python.Str(prefix)) })
	}
	return false, nil
}

func (c *Reader) byKind(a *python.Arguments, f *filter[*dataset.Build]) (none bool, err error) {
	if typ := a.Get("type"); typ != nil {
		f.add(func(b *dataset.Build) bool { return slices.Contains(b.Types, python.Str(typ)) })
	}
	switch cg := a.Get("cgID").(type) {
	case string:
		none = !slices.Contains(c.DB.Data.CGs, cg)
		f.add(func(b *dataset.Build) bool { return b.CG == cg })
	case int64:
		none = cg < 1 || cg > int64(len(c.DB.Data.CGs))
		f.add(func(b *dataset.Build) bool { return b.CG != "" && slices.Index(c.DB.Data.CGs, b.CG)+1 == int(cg) })
	}
	return none, nil
}

func (c *Reader) byTime(a *python.Arguments, f *filter[*dataset.Build]) (bool, error) {
	for name, of := range map[string]func(*dataset.Build) time.Time{
		"created":  func(b *dataset.Build) time.Time { return b.Created },
		"complete": func(b *dataset.Build) time.Time { return b.Completed },
		"promoted": func(b *dataset.Build) time.Time { return b.Promoted },
	} {
		if err := before(f, a.Get(name+"Before"), of); err != nil {
			return false, err
		}
		if err := after(f, a.Get(name+"After"), of); err != nil {
			return false, err
		}
	}
	return false, nil
}

// before adds the condition that a time is set and before another.
func before[T any](f *filter[T], limit any, of func(T) time.Time) error {
	if !python.Truth(limit) {
		return nil
	}
	end, err := moment(limit)
	f.add(func(v T) bool { return !of(v).IsZero() && of(v).Before(end) })
	return err
}

func after[T any](f *filter[T], limit any, of func(T) time.Time) error {
	if !python.Truth(limit) {
		return nil
	}
	begin, err := moment(limit)
	f.add(func(v T) bool { return of(v).After(begin) })
	return err
}

// latestFirst orders the builds of a tag like a hub.
func latestFirst(a, b *dataset.Tagged) int {
	if d := cmp.Compare(b.Event, a.Event); d != 0 {
		return d
	}
	return cmp.Compare(b.Build, a.Build)
}
