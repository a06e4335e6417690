package answers

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
)

// Snapshot is indexed Data. It is immutable.
type Snapshot struct {
	Data     dataset.Data
	Users    table[dataset.User]
	Tags     table[dataset.Tag]
	targets  table[dataset.Target]
	channels table[dataset.Channel]
	Hosts    table[dataset.Host]
	packages table[dataset.Package]
	builds   table[dataset.Build] // by NVR
	Tasks    table[dataset.Task]
	repos    table[dataset.Repo]
	events   table[dataset.Event]
	children map[int64][]*dataset.Task // by parent, ordered by id
	byTask   map[int64][]*dataset.Build
	byPkg    map[string][]*dataset.Build
	tagged   map[string][]*dataset.Tagged // by tag, latest first
}

// table has the rows of one kind, ordered by id.
type table[T any] struct {
	rows   []*T
	ByID   map[int64]*T
	ByName map[string]*T
}

// NewSnapshot indexes d. It sets the ids of rows that have none, and so modifies the
// slices of d.
func NewSnapshot(d dataset.Data) (*Snapshot, error) {
	s := &Snapshot{}
	if err := d.Complete(); err != nil {
		return nil, err
	}
	s.Data = d
	err := errors.Join(
		index(&s.Users, d.Users, "users", func(u *dataset.User) (*int64, string) { return &u.ID, u.Name }),
		index(&s.Tags, d.Tags, "tags", func(t *dataset.Tag) (*int64, string) { return &t.ID, t.Name }),
		index(&s.targets, d.Targets, "targets", func(t *dataset.Target) (*int64, string) { return &t.ID, t.Name }),
		index(&s.channels, d.Channels, "channels", func(c *dataset.Channel) (*int64, string) { return &c.ID, c.Name }),
		index(&s.Hosts, d.Hosts, "hosts", func(h *dataset.Host) (*int64, string) { return &h.ID, h.Name }),
		index(&s.packages, d.Packages, "packages", func(p *dataset.Package) (*int64, string) { return &p.ID, p.Name }),
		index(&s.builds, d.Builds, "builds", func(b *dataset.Build) (*int64, string) { return &b.ID, b.NVR() }),
		index(&s.Tasks, d.Tasks, "tasks", func(t *dataset.Task) (*int64, string) { return &t.ID, "" }),
		index(&s.repos, d.Repos, "repos", func(r *dataset.Repo) (*int64, string) { return &r.ID, "" }),
		index(&s.events, d.Events, "events", func(e *dataset.Event) (*int64, string) { return &e.ID, "" }),
		numberFiles(d),
	)
	if err != nil {
		return nil, err
	}
	return s, s.relate()
}

// index assigns ids to rows that have none and fills a table. key returns a row's id and
// name; rows with an empty name cannot be looked up by name.
func index[T any](t *table[T], rows []T, what string, key func(*T) (*int64, string)) error {
	t.ByID = make(map[int64]*T, len(rows))
	t.ByName = make(map[string]*T, len(rows))
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
		if t.ByID[*id] != nil {
			return fmt.Errorf("%s[%d]: there are two with the id %d", what, i, *id)
		}
		if name != "" && t.ByName[name] != nil {
			return fmt.Errorf("%s[%d]: there are two with the name %q", what, i, name)
		}
		t.rows[i], t.ByID[*id] = row, row
		if name != "" {
			t.ByName[name] = row
		}
	}
	slices.SortStableFunc(t.rows, func(a, b *T) int {
		x, _ := key(a)
		y, _ := key(b)
		return cmp.Compare(*x, *y)
	})
	return nil
}

// Next returns the id for a new row.
func (t *table[T]) Next(id func(*T) int64) int64 {
	if len(t.rows) == 0 {
		return 1
	}
	return id(t.rows[len(t.rows)-1]) + 1
}

func numberFiles(d dataset.Data) error {
	var rpms table[dataset.RPM]
	var archives table[dataset.Archive]
	return errors.Join(
		index(&rpms, d.RPMs, "rpms", func(r *dataset.RPM) (*int64, string) { return &r.ID, "" }),
		index(&archives, d.Archives, "archives", func(a *dataset.Archive) (*int64, string) { return &a.ID, "" }),
	)
}

// relate indexes the relations between rows.
func (s *Snapshot) relate() error {
	s.children = map[int64][]*dataset.Task{}
	s.byTask = map[int64][]*dataset.Build{}
	s.byPkg = map[string][]*dataset.Build{}
	s.tagged = map[string][]*dataset.Tagged{}
	for _, t := range s.Tasks.rows {
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
	for i := range s.Data.Tagged {
		t := &s.Data.Tagged[i]
		if s.builds.ByID[t.Build] == nil {
			return fmt.Errorf("tagged[%d]: there is no build %d", i, t.Build)
		}
		s.tagged[t.Tag] = append(s.tagged[t.Tag], t)
	}
	for i, l := range s.Data.TagListings {
		if s.builds.ByID[l.Build] == nil {
			return fmt.Errorf("tag_listings[%d]: there is no build %d", i, l.Build)
		}
	}
	for _, list := range s.tagged {
		slices.Reverse(list)
		slices.SortStableFunc(list, latestFirst)
	}
	return nil
}

// Principal returns the user of a Kerberos principal.
func (s *Snapshot) Principal(name string) *dataset.User {
	for _, u := range s.Users.rows {
		if slices.Contains(u.Principals, name) {
			return u
		}
	}
	return nil
}

// hasArch reports whether one of the arches, a space-separated list, is wanted.
func hasArch(arches string, wanted []string) bool {
	for a := range strings.FieldsSeq(arches) {
		if slices.Contains(wanted, a) {
			return true
		}
	}
	return false
}
