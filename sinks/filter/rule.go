package filter

import (
	"slices"

	"github.com/kojiwatch/kojiwatch/event"
)

// Rules select a sink's events: an event must fit all of them. An empty rule is ignored.
// An event that lacks the fact that a list is about, as a Tag event lacks a method, does
// not fit it.
type Rules struct {
	Types  []string // of event
	States []string // new ones, by Koji's names
	// These may contain * and ?.
	Packages, Owners, Tags, Targets, Methods []string

	Scratch, Automatic, TopLevel *bool
	When                         string // an expression
}

// The configuration keys that can reject events. They are label values of metrics.
const (
	KeyTypes     = "types"
	KeyStates    = "states"
	KeyPackages  = "packages"
	KeyOwners    = "owners"
	KeyTags      = "tags"
	KeyTargets   = "targets"
	KeyMethods   = "methods"
	KeyScratch   = "scratch"
	KeyAutomatic = "automatic"
	KeyTopLevel  = "top_level"
	KeyWhen      = "when"
	KeyDedup     = "dedup"
)

// Keys returns every key that can reject an event, in the order of the checks.
func Keys() []string {
	return []string{
		KeyTypes, KeyStates, KeyMethods, KeyPackages, KeyOwners, KeyTags, KeyTargets,
		KeyTopLevel, KeyScratch, KeyAutomatic, KeyWhen, KeyDedup,
	}
}

// rule is one rule that is not empty.
type rule struct {
	key  string
	fits func(*event.Event) bool
}

// rules returns the rules that are not empty.
func (r *Rules) rules(people *People) []rule {
	var all []rule
	list := func(key string, values []string, fits func(e *event.Event) bool) {
		if len(values) > 0 {
			all = append(all, rule{key, fits})
		}
	}
	list(KeyTypes, r.Types, func(e *event.Event) bool { return slices.Contains(r.Types, string(e.Type)) })
	list(KeyStates, r.States, func(e *event.Event) bool { return slices.Contains(r.States, e.New) })
	list(KeyMethods, r.Methods, func(e *event.Event) bool { return e.Task != nil && anyGlob(r.Methods, e.Task.Method) })
	list(KeyPackages, r.Packages, func(e *event.Event) bool { return ofPackage(r.Packages, e) })
	list(KeyOwners, r.Owners, func(e *event.Event) bool { return owned(r.Owners, e) })
	list(KeyTags, r.Tags, func(e *event.Event) bool { return ofTag(r.Tags, e) })
	list(KeyTargets, r.Targets, func(e *event.Event) bool { return forTarget(r.Targets, e) })
	truth := func(key string, want *bool, is func(*event.Event) bool) {
		if want != nil {
			all = append(all, rule{key, func(e *event.Event) bool { return is(e) == *want }})
		}
	}
	truth(KeyTopLevel, r.TopLevel, IsTopLevel)
	truth(KeyScratch, r.Scratch, IsScratch)
	truth(KeyAutomatic, r.Automatic, people.IsAutomatic)
	return all
}

func ofPackage(names []string, e *event.Event) bool {
	return anyGlob(names, e.Package.Name) ||
		e.Task != nil && anyGlob(names, e.Task.Package()) ||
		e.Build != nil && anyGlob(names, e.Build.Name, e.Build.Package.Name)
}

func ofTag(names []string, e *event.Event) bool {
	return anyGlob(names, e.Tag.Name) ||
		e.Task != nil && anyGlob(names, e.Task.Tag().Name) ||
		e.Repo != nil && anyGlob(names, e.Repo.Tag.Name) ||
		e.Build != nil && anyGlob(names, e.Build.Tags...)
}

func forTarget(names []string, e *event.Event) bool {
	return e.Task != nil && anyGlob(names, e.Task.Target().Name) ||
		e.Build != nil && anyGlob(names, e.Build.Target)
}
