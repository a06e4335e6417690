package profile

import (
	"maps"
	"slices"
)

// view is the options of a section together with those of [DEFAULT].
type view struct {
	section string
	own     map[string]entry
	shared  map[string]entry
	charged int // the size of the references expanded so far
}

// view returns the options of a profile.
func (s *Set) view(name string) (*view, bool) {
	own, ok := s.doc[name]
	if !ok || name == defaultSection {
		return nil, false
	}
	return &view{section: name, own: own, shared: s.doc[defaultSection]}, true
}

// option returns the value before interpolation.
func (v *view) option(key string) (entry, bool) {
	if e, ok := v.own[key]; ok {
		return e, true
	}
	e, ok := v.shared[key]
	return e, ok
}

// keys returns the sorted names of all options.
func (v *view) keys() []string {
	all := slices.AppendSeq(slices.Collect(maps.Keys(v.own)), maps.Keys(v.shared))
	slices.Sort(all)
	return slices.Compact(all)
}
