package score

import (
	"cmp"
	"slices"
	"time"
)

// Moment names the point in the course of a task at which an estimate was given.
type Moment string

// The moments.
const (
	Free Moment = "free" // when it began to wait for a host
	Open Moment = "open" // when it began to run
	Half Moment = "half" // when half of its run was over
)

// Moments returns all moments in order.
func Moments() []Moment { return []Moment{Free, Open, Half} }

// Key groups estimates.
type Key struct {
	Method string
	Basis  string // what the estimate went by
	Moment Moment
}

func (k Key) compare(o Key) int {
	return cmp.Or(
		cmp.Compare(k.Method, o.Method),
		cmp.Compare(slices.Index(Moments(), k.Moment), slices.Index(Moments(), o.Moment)),
		cmp.Compare(k.Basis, o.Basis),
	)
}

// Estimate is the expected remaining time: most likely, and an 80 % interval.
type Estimate struct{ Likely, Low, High time.Duration }

// Card has the score of every kind of estimate. The zero value is empty.
type Card struct{ tallies map[Key]*Tally }

const (
	// maxKeys bounds a card: methods come from messages. A hub has about sixty.
	maxKeys = 2000
	// other is the method of those beyond that.
	other = "other"
)

// Add compares an estimate with the time that did remain.
func (c *Card) Add(k Key, e Estimate, truth time.Duration) { c.tally(k).add(e, truth) }

// AddBaseline compares what another way of estimating would have said, for the same
// task and at the same moment.
func (c *Card) AddBaseline(k Key, likely, truth time.Duration) {
	c.tally(k).Baseline.add(likely, truth)
}

func (c *Card) tally(k Key) *Tally {
	if t := c.tallies[k]; t != nil {
		return t
	}
	if len(c.tallies) >= maxKeys {
		k = Key{other, "", k.Moment}
		if t := c.tallies[k]; t != nil {
			return t
		}
	}
	if c.tallies == nil {
		c.tallies = map[Key]*Tally{}
	}
	t := new(Tally)
	c.tallies[k] = t
	return t
}

// Empty reports whether nothing was compared.
func (c *Card) Empty() bool { return len(c.tallies) == 0 }

// Keys returns what there is a score of, in order.
func (c *Card) Keys() []Key {
	keys := make([]Key, 0, len(c.tallies))
	for k := range c.tallies {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, Key.compare)
	return keys
}

// Get returns the score of one kind of estimates; an empty one if there is none.
func (c *Card) Get(k Key) Tally {
	var t Tally
	if known := c.tallies[k]; known != nil {
		t.merge(known)
	}
	return t
}

// Of returns the score of all estimates that a filter picks, taken together.
func (c *Card) Of(pick func(Key) bool) Tally {
	var sum Tally
	for k, t := range c.tallies {
		if pick(k) {
			sum.merge(t)
		}
	}
	return sum
}

// Clone returns a copy.
func (c *Card) Clone() *Card {
	out := &Card{tallies: make(map[Key]*Tally, len(c.tallies))}
	for k := range c.tallies {
		copied := c.Get(k)
		out.tallies[k] = &copied
	}
	return out
}
