package profile

import (
	"fmt"
	"maps"
	"slices"
)

// Set has the profiles of all configuration files. It is immutable and safe for
// concurrent use.
type Set struct {
	doc          document
	home         home
	looked       []string // all places, whether they exist or not
	files        []string
	skipped      []error
	fallback     string
	fallbackFrom string
}

// Names returns the sorted names of all profiles. Every section is a profile, except
// [DEFAULT].
func (s *Set) Names() []string {
	names := slices.Sorted(maps.Keys(s.doc))
	return slices.DeleteFunc(names, func(name string) bool { return name == defaultSection })
}

// Files returns the paths of the files read, in the order of reading.
func (s *Set) Files() []string { return slices.Clone(s.files) }

// Skipped returns an [*Error] for each file that exists but could not be read. Koji
// silently ignores such files.
func (s *Set) Skipped() []error { return slices.Clone(s.skipped) }

// DefaultName returns the name of the default profile: the value of the environment
// variable KOJI_PROFILE, or "koji".
//
// The variable is kojiwatch's own. Without -p/--profile, Koji's client uses the base
// name with which it was started: a link stg-koji to koji selects the profile stg-koji.
func (s *Set) DefaultName() string { return s.fallback }

// Profile returns the profile of that name; an empty name means [Set.DefaultName]. Like
// Koji, it returns an error if any option of the profile, including those of [DEFAULT],
// has an invalid value or reference; other sections do not matter. The error for a
// missing profile is [ErrNoProfile], other errors are of type [*Error].
func (s *Set) Profile(name string) (Profile, error) {
	origin := ""
	if name == "" {
		name = s.fallback
		if s.fallbackFrom != "" {
			origin = " (named by the environment variable " + s.fallbackFrom + ")"
		}
	}
	v, ok := s.view(name)
	if !ok {
		return Profile{}, fmt.Errorf("profile %s%s: %w; %s", quote(name), origin, ErrNoProfile, s.Instead())
	}
	p, err := decode(v, s.home)
	if err != nil {
		return Profile{}, fmt.Errorf("profile %s%s: %w", quote(name), origin, err)
	}
	return p, nil
}

// Instead returns a hint for the error of a missing profile: which profiles there are,
// or where Load looked for them.
func (s *Set) Instead() string {
	hint := ""
	if len(s.skipped) > 0 {
		hint = fmt.Sprintf(" (%d more files could not be read, the first: %v)", len(s.skipped), s.skipped[0])
	}
	if names := s.Names(); len(names) > 0 {
		return "name one of " + list(names, quote) + ", or add a section of that name to " +
			printable(s.looked[len(s.looked)-1]) + hint
	}
	return "there are no profiles at all in " + list(s.looked, printable) +
		"; install your build system's Koji configuration, or name its file" + hint
}

// String returns the number of profiles. It keeps the options, which may include
// passwords, out of logs.
func (s *Set) String() string {
	return fmt.Sprintf("%d Koji profiles from %d files", len(s.Names()), len(s.files))
}

// GoString returns the same as String, for %#v.
func (s *Set) GoString() string { return s.String() }
