package campaign

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"
)

// format is the version of the form in which a set is written down.
const format = 1

// ErrFormat reports that campaigns were written by a version of kojiwatch that does it in
// another way.
var ErrFormat = errors.New("not campaigns of this version")

// record is a set as it is written down.
type record struct {
	Format    int              `json:"format"`
	Campaigns []campaignRecord `json:"campaigns"`
}

type campaignRecord struct {
	Definition Definition `json:"definition"`
	StartedAt  time.Time  `json:"started_at"`
	StoppedAt  time.Time  `json:"stopped_at,omitzero"`
	Since      time.Time  `json:"since,omitzero"` // as it was given
	Told       []string   `json:"told,omitempty"`
	Items      []*item    `json:"items"`
}

// Version changes whenever there is something new to write down.
func (s *Set) Version() uint64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.version
}

// Write writes the set down, for Read.
func (s *Set) Write(to io.Writer) error {
	s.mu.Lock()
	r := record{Format: format}
	for _, c := range s.campaigns {
		r.Campaigns = append(r.Campaigns, c.record())
	}
	s.mu.Unlock()
	return json.NewEncoder(to).Encode(r) // while events go on
}

// record returns a copy of a campaign.
func (c *Campaign) record() campaignRecord {
	r := campaignRecord{
		Definition: c.matcher.Definition, StartedAt: c.started, StoppedAt: c.stopped,
		Since: c.since, Told: slices.Sorted(maps.Keys(c.told)),
	}
	copies := make([]item, 0, len(c.items))
	for _, i := range c.items {
		copies = append(copies, *i)
		last := &copies[len(copies)-1]
		last.Arches = slices.Clone(i.Arches)
		r.Items = append(r.Items, last)
	}
	return r
}

// Read takes in what Write has written, into a set that is empty.
func (s *Set) Read(from io.Reader) error {
	var r record
	if err := json.NewDecoder(from).Decode(&r); err != nil {
		return fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if r.Format != format || len(r.Campaigns) > maxCampaigns {
		return ErrFormat
	}
	var all []*Campaign
	for i := range r.Campaigns {
		c, err := r.Campaigns[i].campaign()
		if err != nil {
			return err
		}
		all = append(all, c)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.campaigns = all
	return nil
}

func (r *campaignRecord) campaign() (*Campaign, error) {
	if err := r.Definition.Check(); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	c := New(r.Definition, r.StartedAt)
	c.stopped, c.since = r.StoppedAt, r.Since
	for _, key := range r.Told {
		c.told[key] = true
	}
	for _, i := range r.Items {
		if i == nil || i.Key == "" || i.State > Failed {
			return nil, fmt.Errorf("%w: campaign %s has a package that cannot be", ErrFormat, r.Definition.Name)
		}
		c.adopt(i)
	}
	return c, nil
}

// adopt takes in an item that was written down.
func (c *Campaign) adopt(i *item) {
	i.Owner = c.text(i.Owner)
	for n := range i.Arches {
		i.Arches[n].Arch = c.text(i.Arches[n].Arch)
	}
	c.items[i.Key] = i
	if i.Task != 0 && i.State != Done {
		c.byTask[i.Task] = i
	}
}
