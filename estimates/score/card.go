package score

import (
	"cmp"
	"slices"
	"time"
)

// Moment is the point in the course of a task at which an estimate was made.
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

// Card holds the scores of estimates by [Key]. The zero value is empty.
type Card struct{ tallies map[Key]*Tally }

const (
	// maxKeys is the maximum size of a card, since methods come from messages. A hub has
	// about sixty.
	maxKeys = 2000
	// other is the method of keys beyond maxKeys.
	other = "other"
)

// Add scores an estimate against the time that actually remained.
func (c *Card) Add(k Key, e Estimate, truth time.Duration) { c.tally(k).add(e, truth) }

// AddBaseline scores what a simpler method would have estimated for the same task at the same
// moment.
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

// Empty reports whether the card holds no scores.
func (c *Card) Empty() bool { return len(c.tallies) == 0 }

// Keys returns the keys that have a score, sorted.
func (c *Card) Keys() []Key {
	keys := make([]Key, 0, len(c.tallies))
	for k := range c.tallies {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, Key.compare)
	return keys
}

// Get returns the score of a key; it is empty if there is none.
func (c *Card) Get(k Key) Tally {
	var t Tally
	if known := c.tallies[k]; known != nil {
		t.merge(known)
	}
	return t
}

// Of returns the combined score of all keys for which pick is true.
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
