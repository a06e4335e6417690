package koji

// Tag is a set of builds and the rules for it.
type Tag struct {
	ID     int64 // 0: not known
	Name   string
	Arches []string // empty where nothing is built from the tag
	Locked Opt[bool]
	Perm   Ref // the permission it takes to tag builds; zero: none
}

// Ref returns the tag's id and name.
func (t *Tag) Ref() Ref { return Ref{ID: t.ID, Name: t.Name} }

// Target says from which tag's repository something is built and into which tag
// the build goes.
type Target struct {
	ID       int64 // 0: not known
	Name     string
	BuildTag Ref
	DestTag  Ref
}

// Ref returns the target's id and name.
func (t *Target) Ref() Ref { return Ref{ID: t.ID, Name: t.Name} }

// Package is the name that builds of the same thing share.
type Package struct {
	ID   int64 // 0: not known
	Name string
}

// Ref returns the package's id and name.
func (p *Package) Ref() Ref { return Ref(*p) }
