package koji

// Tag is a set of builds.
type Tag struct {
	ID     int64 // 0: not known
	Name   string
	Arches []string // empty if nothing is built from the tag
	Locked Opt[bool]
	Perm   Ref // the permission required to tag builds; zero: none
}

// Ref returns the tag's id and name.
func (t *Tag) Ref() Ref { return Ref{ID: t.ID, Name: t.Name} }

// Target is a build target: the tag from whose repository something is built, and the tag
// for the build.
type Target struct {
	ID       int64 // 0: not known
	Name     string
	BuildTag Ref
	DestTag  Ref
}

// Ref returns the target's id and name.
func (t *Target) Ref() Ref { return Ref{ID: t.ID, Name: t.Name} }

// Package is a package, whose builds share its name.
type Package struct {
	ID   int64 // 0: not known
	Name string
}

// Ref returns the package's id and name.
func (p *Package) Ref() Ref { return Ref(*p) }
