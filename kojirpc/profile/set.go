package profile

import (
	"fmt"
	"maps"
	"slices"
)

// Set is everything that the configuration files say. It does not change once
// loaded and may be used by several goroutines at once.
type Set struct {
	doc          document
	home         home
	looked       []string // places, whether they exist or not
	files        []string
	skipped      []error
	fallback     string
	fallbackFrom string
}

// Names gives the names of all profiles, sorted. Every section counts as one,
// except [DEFAULT].
func (s *Set) Names() []string {
	names := slices.Sorted(maps.Keys(s.doc))
	return slices.DeleteFunc(names, func(name string) bool { return name == defaultSection })
}

// Files gives the paths of the files read, in the order of reading.
func (s *Set) Files() []string { return slices.Clone(s.files) }

// Skipped gives one [*Error] for each file that exists but could not be read.
// Koji passes over these in silence.
func (s *Set) Skipped() []error { return slices.Clone(s.skipped) }

// DefaultName is the name of the profile used when none is named: that of the
// environment variable KOJI_PROFILE, else "koji".
//
// The variable is kojiwatch's own: Koji's client reads none. It takes the base
// name of the program it was started as (a link stg-koji to koji selects the
// profile stg-koji) unless -p/--profile is given.
func (s *Set) DefaultName() string { return s.fallback }

// Profile gives the profile of that name; an empty name means [Set.DefaultName].
// Like Koji it refuses a profile with a wrong value or reference in any option,
// those of [DEFAULT] included; what other sections hold does not matter. The
// error for a missing profile matches [ErrNoProfile], other errors are of type
// [*Error].
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

// Instead says what there is in place of a missing profile.
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

// String says how many profiles there are. It keeps the options, which may
// include passwords, out of logs.
func (s *Set) String() string {
	return fmt.Sprintf("%d Koji profiles from %d files", len(s.Names()), len(s.files))
}

// GoString does for %#v what String does for %v.
func (s *Set) GoString() string { return s.String() }
