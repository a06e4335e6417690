package campaign

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
)

// The errors of a set.
var (
	ErrExists  = errors.New("there is a campaign of that name")
	ErrUnknown = errors.New("there is no campaign of that name")
	ErrMany    = errors.New("there are too many campaigns; stop one, and start it anew when another has ended")
)

// maxCampaigns bounds the campaigns of a set, those that were stopped included. The oldest of
// these makes way.
const maxCampaigns = 50

// Options say what a set goes by. The zero value is usable.
type Options struct {
	// Estimates tell when tasks will be done. Default: nothing is known but how long others
	// took.
	Estimates Estimates
	// Now is the time of the build system. Default: time.Now.
	Now func() time.Time
}

// Set holds the campaigns of a daemon. It may be used by several goroutines.
type Set struct {
	opts Options

	mu        sync.Mutex
	campaigns []*Campaign // in the order of their start
	version   uint64      // changes with them
}

// NewSet returns a set without campaigns.
func NewSet(o Options) *Set {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Set{opts: o}
}

// Start begins a campaign. One of the name that was stopped makes way.
func (s *Set) Start(d Definition) error {
	if err := d.Check(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if at := s.find(d.Name); at >= 0 {
		if s.campaigns[at].stopped.IsZero() {
			return ErrExists
		}
		s.campaigns = slices.Delete(s.campaigns, at, at+1)
	}
	if len(s.campaigns) >= maxCampaigns {
		at := slices.IndexFunc(s.campaigns, func(c *Campaign) bool { return !c.stopped.IsZero() })
		if at < 0 {
			return ErrMany
		}
		s.campaigns = slices.Delete(s.campaigns, at, at+1)
	}
	s.campaigns = append(s.campaigns, New(d, s.opts.Now()))
	s.version++
	return nil
}

// Stop ends a campaign, whose report stays.
func (s *Set) Stop(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := s.find(name)
	if at < 0 {
		return ErrUnknown
	}
	s.campaigns[at].stop(s.opts.Now())
	s.version++
	return nil
}

// Has reports whether there is a campaign of a name, which may have been stopped.
func (s *Set) Has(name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(name) >= 0
}

// Any reports whether there are campaigns, also stopped ones.
func (s *Set) Any() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.campaigns) > 0
}

func (s *Set) find(name string) int {
	return slices.IndexFunc(s.campaigns, func(c *Campaign) bool { return c.matcher.Name == name })
}

// Observe takes in an event. It keeps nothing of its memory.
func (s *Set) Observe(e *event.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.campaigns {
		if c.Observe(e, s.opts.Now()) {
			s.version++
		}
	}
}

// Report returns how far a campaign is.
func (s *Set) Report(name string) (*Report, error) {
	s.mu.Lock()
	at := s.find(name)
	if at < 0 {
		s.mu.Unlock()
		return nil, fmt.Errorf("campaign %.64q: %w", name, ErrUnknown)
	}
	now := s.opts.Now()
	r, o := s.campaigns[at].report(now), s.campaigns[at].outlook(now)
	s.mu.Unlock()
	r.estimate(o, s.opts.Estimates)
	return r, nil
}

// Reports returns how far all campaigns are, by their names, without estimates and details.
func (s *Set) Reports() []*Report {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opts.Now()
	all := make([]*Report, 0, len(s.campaigns))
	for _, c := range s.campaigns {
		r := c.report(now)
		r.Arches, r.Owners = nil, nil
		all = append(all, r)
	}
	slices.SortFunc(all, func(a, b *Report) int { return strings.Compare(a.Name, b.Name) })
	return all
}
