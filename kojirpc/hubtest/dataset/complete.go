package dataset

import (
	"fmt"
	"slices"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Koji's defaults.
const (
	defaultUser     = "koji-admin"
	defaultChannel  = "default"
	DefaultVolume   = "DEFAULT"
	DefaultPriority = 20
	defaultWeight   = 1.0
	defaultCapacity = 2.0
)

// Complete sets the defaults of all rows and adds rows for names that are not listed. It
// modifies the slices of d.
func (d *Data) Complete() error {
	if len(d.Volumes) == 0 {
		d.Volumes = []string{DefaultVolume}
	}
	if len(d.Users) == 0 {
		d.Users = []User{{Name: defaultUser, Perms: []string{"admin"}}}
	}
	c := completion{
		users:    newNames(d.Users, func(u *User) string { return u.Name }),
		tags:     newNames(d.Tags, func(t *Tag) string { return t.Name }),
		channels: newNames(d.Channels, func(c *Channel) string { return c.Name }),
		hosts:    newNames(d.Hosts, func(h *Host) string { return h.Name }),
		packages: newNames(d.Packages, func(p *Package) string { return p.Name }),
	}
	for _, fill := range []func(*Data) error{c.fillTasks, c.fillBuilds, c.fillTags, c.fillHistory, c.fillHosts, c.fillUsers} {
		if err := fill(d); err != nil {
			return err
		}
	}
	return nil
}

// completion has the names that are listed.
type completion struct {
	users, tags, channels, hosts, packages names
}

type names map[string]bool

func newNames[T any](rows []T, name func(*T) string) names {
	n := make(names, len(rows))
	for i := range rows {
		n[name(&rows[i])] = true
	}
	return n
}

// want adds a row for a name that is not listed yet.
func want[T any](n names, rows *[]T, name string, row func(string) T) {
	if name == "" || n[name] {
		return
	}
	n[name] = true
	*rows = append(*rows, row(name))
}

func (c *completion) user(d *Data, name string) {
	want(c.users, &d.Users, name, func(n string) User { return User{Name: n} })
}

func (c *completion) tag(d *Data, name string) {
	want(c.tags, &d.Tags, name, func(n string) Tag { return Tag{Name: n} })
}

func (c *completion) channel(d *Data, name string) {
	want(c.channels, &d.Channels, name, func(n string) Channel { return Channel{Name: n} })
}

func (c *completion) pkg(d *Data, name string) {
	want(c.packages, &d.Packages, name, func(n string) Package { return Package{Name: n} })
}

func (c *completion) fillTasks(d *Data) error {
	for i := range d.Tasks {
		t := &d.Tasks[i]
		Either(&t.State, koji.TaskFree.String())
		Either(&t.Arch, "noarch")
		Either(&t.Owner, d.Users[0].Name)
		Either(&t.Channel, defaultChannel)
		Either(&t.Priority, DefaultPriority)
		Either(&t.Weight, defaultWeight)
		if koji.TaskStateNamed(t.State) == koji.TaskUnknown {
			return fmt.Errorf("tasks[%d]: Koji knows no state %q for a task", i, t.State)
		}
		c.user(d, t.Owner)
		c.channel(d, t.Channel)
		want(c.hosts, &d.Hosts, t.Host, func(n string) Host { return Host{Name: n} })
	}
	return nil
}

func (c *completion) fillBuilds(d *Data) error {
	for i := range d.Builds {
		b := &d.Builds[i]
		Either(&b.State, koji.BuildBuilding.String())
		Either(&b.Owner, d.Users[0].Name)
		Either(&b.Volume, DefaultVolume)
		if koji.BuildStateNamed(b.State) == koji.BuildUnknown {
			return fmt.Errorf("builds[%d]: Koji knows no state %q for a build", i, b.State)
		}
		c.user(d, b.Owner)
		c.user(d, b.Promoter)
		c.pkg(d, b.Package)
		if !slices.Contains(d.Volumes, b.Volume) {
			d.Volumes = append(d.Volumes, b.Volume)
		}
		if b.CG != "" && !slices.Contains(d.CGs, b.CG) {
			d.CGs = append(d.CGs, b.CG)
		}
	}
	return nil
}

func (c *completion) fillTags(d *Data) error {
	for i := range d.Repos {
		r := &d.Repos[i]
		Either(&r.State, koji.RepoInit.String())
		if koji.RepoStateNamed(r.State) == koji.RepoUnknown {
			return fmt.Errorf("repos[%d]: Koji knows no state %q for a repo", i, r.State)
		}
		c.tag(d, r.Tag)
	}
	for _, t := range d.Targets {
		c.tag(d, t.BuildTag)
		c.tag(d, t.DestTag)
	}
	for _, t := range d.Tagged {
		c.tag(d, t.Tag)
	}
	for i := 0; i < len(d.Tags); i++ { // not a range: the loop adds parents
		for _, parent := range d.Tags[i].Parents {
			c.tag(d, parent)
		}
	}
	return nil
}

func (c *completion) fillHosts(d *Data) error {
	for i := range d.Hosts {
		h := &d.Hosts[i]
		Either(&h.Capacity, defaultCapacity)
		want(c.users, &d.Users, h.Name, func(n string) User { return User{Name: n, Type: koji.UserHost.String()} })
		for _, name := range h.Channels {
			c.channel(d, name)
		}
	}
	return nil
}

func (c *completion) fillUsers(d *Data) error {
	for i := range d.Users {
		u := &d.Users[i]
		Either(&u.Type, koji.UserNormal.String())
		if !slices.Contains([]string{"NORMAL", "HOST", "GROUP"}, u.Type) {
			return fmt.Errorf("users[%d]: Koji knows no type %q of user", i, u.Type)
		}
	}
	return nil
}

// Either replaces a zero value by a default.
func Either[T comparable](v *T, or T) {
	var zero T
	if *v == zero {
		*v = or
	}
}

// Clone returns a copy whose rows can be changed. It shares maps, slices and pointers
// inside the rows.
func (d Data) Clone() Data {
	d.Users = slices.Clone(d.Users)
	d.Tags = slices.Clone(d.Tags)
	d.Targets = slices.Clone(d.Targets)
	d.Channels = slices.Clone(d.Channels)
	d.Hosts = slices.Clone(d.Hosts)
	d.Packages = slices.Clone(d.Packages)
	d.Builds = slices.Clone(d.Builds)
	d.Tasks = slices.Clone(d.Tasks)
	d.Tagged = slices.Clone(d.Tagged)
	d.Repos = slices.Clone(d.Repos)
	d.RPMs = slices.Clone(d.RPMs)
	d.Archives = slices.Clone(d.Archives)
	d.Events = slices.Clone(d.Events)
	d.TagListings = slices.Clone(d.TagListings)
	d.TagPackages = slices.Clone(d.TagPackages)
	d.TagPackageOwners = slices.Clone(d.TagPackageOwners)
	d.Volumes = slices.Clone(d.Volumes)
	d.CGs = slices.Clone(d.CGs)
	return d
}
