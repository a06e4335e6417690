package hubtest

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
)

// snapshot is Data made ready for questions. It never changes.
type snapshot struct {
	data     Data
	users    table[User]
	tags     table[Tag]
	targets  table[Target]
	channels table[Channel]
	hosts    table[Host]
	packages table[Package]
	builds   table[Build] // by NVR
	tasks    table[Task]
	repos    table[Repo]
	events   table[Event]
	children map[int64][]*Task // by parent, in the order of their ids
	byTask   map[int64][]*Build
	byPkg    map[string][]*Build
	tagged   map[string][]*Tagged // by tag, latest first
}

// table holds the rows of one kind, in the order of their ids.
type table[T any] struct {
	rows   []*T
	byID   map[int64]*T
	byName map[string]*T
}

// newSnapshot makes d ready. The rows of d get their ids on the way, so the
// slices of d must be the caller's own.
func newSnapshot(d Data) (*snapshot, error) {
	s := &snapshot{}
	if err := d.complete(); err != nil {
		return nil, err
	}
	s.data = d
	err := errors.Join(
		index(&s.users, d.Users, "users", func(u *User) (*int64, string) { return &u.ID, u.Name }),
		index(&s.tags, d.Tags, "tags", func(t *Tag) (*int64, string) { return &t.ID, t.Name }),
		index(&s.targets, d.Targets, "targets", func(t *Target) (*int64, string) { return &t.ID, t.Name }),
		index(&s.channels, d.Channels, "channels", func(c *Channel) (*int64, string) { return &c.ID, c.Name }),
		index(&s.hosts, d.Hosts, "hosts", func(h *Host) (*int64, string) { return &h.ID, h.Name }),
		index(&s.packages, d.Packages, "packages", func(p *Package) (*int64, string) { return &p.ID, p.Name }),
		index(&s.builds, d.Builds, "builds", func(b *Build) (*int64, string) { return &b.ID, b.nvr() }),
		index(&s.tasks, d.Tasks, "tasks", func(t *Task) (*int64, string) { return &t.ID, "" }),
		index(&s.repos, d.Repos, "repos", func(r *Repo) (*int64, string) { return &r.ID, "" }),
		index(&s.events, d.Events, "events", func(e *Event) (*int64, string) { return &e.ID, "" }),
		numberFiles(d),
	)
	if err != nil {
		return nil, err
	}
	return s, s.relate()
}

// index numbers the rows that have no id and fills a table. key gives a row's
// id and name; an empty name is not looked up by.
func index[T any](t *table[T], rows []T, what string, key func(*T) (*int64, string)) error {
	t.byID = make(map[int64]*T, len(rows))
	t.byName = make(map[string]*T, len(rows))
	t.rows = make([]*T, len(rows))
	var last int64
	for i := range rows {
		id, _ := key(&rows[i])
		last = max(last, *id)
	}
	for i := range rows {
		row := &rows[i]
		id, name := key(row)
		if *id == 0 {
			last++
			*id = last
		}
		if t.byID[*id] != nil {
			return fmt.Errorf("%s[%d]: there are two with the id %d", what, i, *id)
		}
		if name != "" && t.byName[name] != nil {
			return fmt.Errorf("%s[%d]: there are two with the name %q", what, i, name)
		}
		t.rows[i], t.byID[*id] = row, row
		if name != "" {
			t.byName[name] = row
		}
	}
	slices.SortStableFunc(t.rows, func(a, b *T) int {
		x, _ := key(a)
		y, _ := key(b)
		return cmp.Compare(*x, *y)
	})
	return nil
}

// next is the id of the row to come.
func (t *table[T]) next(id func(*T) int64) int64 {
	if len(t.rows) == 0 {
		return 1
	}
	return id(t.rows[len(t.rows)-1]) + 1
}

func numberFiles(d Data) error {
	var rpms table[RPM]
	var archives table[Archive]
	return errors.Join(
		index(&rpms, d.RPMs, "rpms", func(r *RPM) (*int64, string) { return &r.ID, "" }),
		index(&archives, d.Archives, "archives", func(a *Archive) (*int64, string) { return &a.ID, "" }),
	)
}

// relate finds what belongs together.
func (s *snapshot) relate() error {
	s.children = map[int64][]*Task{}
	s.byTask = map[int64][]*Build{}
	s.byPkg = map[string][]*Build{}
	s.tagged = map[string][]*Tagged{}
	for _, t := range s.tasks.rows {
		if t.Parent >= t.ID {
			return fmt.Errorf("task %d has the parent %d: a parent is older than its children", t.ID, t.Parent)
		}
		if t.Parent != 0 {
			s.children[t.Parent] = append(s.children[t.Parent], t)
		}
	}
	for _, b := range s.builds.rows {
		s.byPkg[b.Package] = append(s.byPkg[b.Package], b)
		if b.Task != 0 {
			s.byTask[b.Task] = append(s.byTask[b.Task], b)
		}
	}
	for i := range s.data.Tagged {
		t := &s.data.Tagged[i]
		if s.builds.byID[t.Build] == nil {
			return fmt.Errorf("tagged[%d]: there is no build %d", i, t.Build)
		}
		s.tagged[t.Tag] = append(s.tagged[t.Tag], t)
	}
	for _, list := range s.tagged {
		slices.Reverse(list)
		slices.SortStableFunc(list, latestFirst)
	}
	return nil
}

func (b *Build) nvr() string { return b.Package + "-" + b.Version + "-" + b.Release }

func (b *Build) stateNumber() int { return koji.BuildStateNamed(b.State).Number() }

func (t *Task) stateNumber() int { return koji.TaskStateNamed(t.State).Number() }

// principal is the user to whom a Kerberos principal belongs.
func (s *snapshot) principal(name string) *User {
	for _, u := range s.users.rows {
		if slices.Contains(u.Principals, name) {
			return u
		}
	}
	return nil
}

// hasArch reports whether one of the arches, which spaces separate, is wanted.
func hasArch(arches string, wanted []string) bool {
	for a := range strings.FieldsSeq(arches) {
		if slices.Contains(wanted, a) {
			return true
		}
	}
	return false
}
