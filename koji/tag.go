package koji

import "strings"

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

// Set reads one plain field of a record of a tag. Other fields and values that
// do not fit are ignored.
func (t *Tag) Set(field []byte, v Scalar) {
	switch string(field) {
	case "id", "tag_id":
		keepID(&t.ID, v)
	case "name", "tag_name":
		keepText(&t.Name, v, "")
	case "arches":
		keepArches(&t.Arches, v)
	case "locked":
		keepBool(&t.Locked, v)
	case "perm_id":
		keepID(&t.Perm.ID, v)
	case "perm":
		keepText(&t.Perm.Name, v, "")
	}
}

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

// Set reads one plain field of a record of a target. Other fields and values
// that do not fit are ignored.
func (t *Target) Set(field []byte, v Scalar) {
	switch string(field) {
	case "id", "build_target_id":
		keepID(&t.ID, v)
	case "name", "build_target_name":
		keepText(&t.Name, v, "")
	case "build_tag":
		keepRef(&t.BuildTag, v)
	case "build_tag_name":
		keepText(&t.BuildTag.Name, v, "")
	case "dest_tag":
		keepRef(&t.DestTag, v)
	case "dest_tag_name":
		keepText(&t.DestTag.Name, v, "")
	}
}

// Package is the name that builds of the same thing share.
type Package struct {
	ID   int64 // 0: not known
	Name string
}

// Ref returns the package's id and name.
func (p *Package) Ref() Ref { return Ref(*p) }

// Set reads one plain field of a record of a package. Other fields and values
// that do not fit are ignored.
func (p *Package) Set(field []byte, v Scalar) {
	switch string(field) {
	case "id", "package_id":
		keepID(&p.ID, v)
	case "name", "package_name":
		keepText(&p.Name, v, "")
	}
}

// keepArches sets a list of arches, which tags and hosts have as one text.
func keepArches(dst *[]string, v Scalar) {
	if v.IsText() {
		*dst = splitArches(v.Str())
	}
}

// splitArches takes a list of arches apart at spaces and commas. An empty one is
// nil.
func splitArches(text string) []string {
	arches := strings.FieldsFunc(text, func(r rune) bool {
		return r == ',' || r == ' ' || r == '\t' || r == '\n'
	})
	if len(arches) == 0 {
		return nil
	}
	return arches
}
