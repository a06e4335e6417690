package campaign

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Definition says which builds belong to a campaign: those that meet each of the conditions
// that are set. Names may be patterns with * and ?.
type Definition struct {
	Name    string   `json:"name"`
	Targets []string `json:"targets,omitempty"`
	// Tags are those that a build is put into when it is done: its target's, or one into
	// which it is tagged.
	Tags   []string `json:"tags,omitempty"`
	Owners []string `json:"owners,omitempty"`
	// Packages and NVRs without a pattern are what there is to do.
	Packages []string `json:"packages,omitempty"`
	NVRs     []string `json:"nvrs,omitempty"`
	// Since and Until bound when a build was created. The zero time bounds nothing.
	Since time.Time `json:"since,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Digest is the hour at which it is told each day how far the campaign is, as HH:MM in
	// local time. "": it is not.
	Digest string `json:"digest,omitempty"`
}

// digestForm is the form of that hour.
const digestForm = "15:04"

// The bounds of a definition.
const (
	MaxNames = 50_000
	maxName  = 200
)

// validName is what names of campaigns look like: they are parts of addresses.
var validName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$`)

// CheckName reports what is wrong with the name of a campaign.
func CheckName(name string) error {
	if !validName.MatchString(name) {
		return fmt.Errorf("%.64q is no name for a campaign; use up to 64 letters, digits, dots, dashes and underscores", name)
	}
	return nil
}

// Check reports what is wrong with a definition.
func (d *Definition) Check() error {
	if err := CheckName(d.Name); err != nil {
		return err
	}
	all := slices.Concat(d.Targets, d.Tags, d.Owners, d.Packages, d.NVRs)
	switch {
	case len(all) == 0:
		return errors.New("every build would belong to it; name targets, tags, owners, packages or NVRs")
	case len(all) > MaxNames:
		return fmt.Errorf("%d names are too many; %d are the most", len(all), MaxNames)
	case !d.Until.IsZero() && !d.Since.Before(d.Until):
		return errors.New("it ends before it begins")
	}
	if _, err := time.Parse(digestForm, d.Digest); d.Digest != "" && err != nil {
		return fmt.Errorf("the digest cannot come at %.20q; give an hour such as 08:00", d.Digest)
	}
	for _, name := range all {
		if _, err := path.Match(name, ""); err != nil || name == "" || len(name) > maxName {
			return fmt.Errorf("%.64q is neither a name nor a pattern", name)
		}
	}
	return nil
}

// expected returns the keys of what there is to do, in order and each once.
func (d *Definition) expected() []string {
	var keys []string
	for _, list := range [][]string{d.Packages, d.NVRs} {
		for _, name := range list {
			if !isPattern(name) {
				keys = append(keys, name)
			}
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// candidate is what is known of a build that may belong to a campaign.
type candidate struct {
	pkg, nvr, target, owner string
	tags                    []string
	created                 time.Time
}

// matcher finds the builds of a definition.
type matcher struct {
	Definition
	packages, nvrs map[string]bool // those without a pattern
}

func newMatcher(d Definition) matcher {
	m := matcher{Definition: d, packages: map[string]bool{}, nvrs: map[string]bool{}}
	for _, name := range d.Packages {
		m.packages[name] = true
	}
	for _, name := range d.NVRs {
		m.nvrs[name] = true
	}
	return m
}

// key returns by what a build is counted: its package, or its NVR if that was asked for. It
// is "" for a build that does not belong to the campaign.
func (m *matcher) key(c *candidate) string {
	switch {
	case c.pkg == "" || !m.inTime(c.created), !match(m.Targets, c.target), !match(m.Owners, c.owner):
		return ""
	case len(m.Tags) > 0 && !slices.ContainsFunc(c.tags, func(tag string) bool { return tag != "" && match(m.Tags, tag) }):
		return ""
	case len(m.Packages)+len(m.NVRs) == 0, len(m.Packages) > 0 && (m.packages[c.pkg] || matchPattern(m.Packages, c.pkg)):
		return c.pkg
	case len(m.NVRs) > 0 && c.nvr != "" && (m.nvrs[c.nvr] || matchPattern(m.NVRs, c.nvr)):
		return c.nvr
	}
	return ""
}

func (m *matcher) inTime(created time.Time) bool {
	if created.IsZero() {
		return true
	}
	return !created.Before(m.Since) && (m.Until.IsZero() || created.Before(m.Until))
}

// match reports whether a name is one of a list; every name is one of none.
func match(list []string, name string) bool {
	return len(list) == 0 || slices.Contains(list, name) || matchPattern(list, name)
}

func matchPattern(list []string, name string) bool {
	return slices.ContainsFunc(list, func(pattern string) bool {
		if !isPattern(pattern) {
			return false
		}
		ok, err := path.Match(pattern, name)
		return ok && err == nil
	})
}

func isPattern(s string) bool { return strings.ContainsAny(s, `*?[\`) }

// ofTask returns what a build's task says of the build.
func ofTask(t *koji.Task) candidate {
	return candidate{
		pkg: t.Package(), nvr: t.NVR(), target: t.Target().Name, owner: t.Owner.Name,
		tags: []string{t.Tag().Name, t.Target().Name}, created: t.Created,
	}
}

// ofBuild returns what a build's record says.
func ofBuild(b *koji.Build, tags ...string) candidate {
	name := b.Name
	if name == "" {
		name = b.Package.Name
	}
	return candidate{
		pkg: name, nvr: b.NVR, target: b.Target, owner: b.Owner.Name,
		tags: append(append(tags, b.Target), b.Tags...), created: b.Created,
	}
}
