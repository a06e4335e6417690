package namecache

import (
	"context"
	"fmt"
	"hash/maphash"
	"time"

	"github.com/maypok86/otter/v2"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Cache looks up names by ids. It is safe for concurrent use.
type Cache struct {
	opts   Options
	memory *otter.Cache[key, value]
	clock  *otter.CoarseClock
	disk   *Disk   // nil: none
	writes *writer // to disk; nil: none
	tasks  tasks
	base   context.Context // ends when the cache is closed
	stop   context.CancelFunc
	seed   maphash.Seed
	stats  counters
}

// tick is the resolution of the memory's clock. Names are valid for hours, and getting the
// system's time would take half of the time of a lookup.
const tick = time.Second

// New returns a cache. The only I/O it does is to clean up its folder, whose failure is
// not an error.
func New(o Options) (*Cache, error) {
	o.setDefaults()
	c := &Cache{opts: o, seed: maphash.MakeSeed()}
	if o.Dir != "" {
		var err error
		if c.disk, err = OpenDisk(o.Dir, o.Profile, o.Notify); err != nil {
			return nil, fmt.Errorf("name cache: %w", err)
		}
	}
	c.clock = otter.NewCoarseClock(tick)
	var err error
	c.memory, err = otter.New(&otter.Options[key, value]{
		MaximumSize:       o.Size,
		ExpiryCalculator:  deadlines{},
		RefreshCalculator: deadlines{},
		Executor:          c.tasks.run,
		Clock:             c.clock,
		Logger:            &otter.NoopLogger{},
	})
	if err != nil {
		c.clock.Stop()
		return nil, fmt.Errorf("name cache: %w", err)
	}
	c.base, c.stop = context.WithCancel(context.Background())
	if c.disk != nil {
		c.writes = newWriter(c.disk)
	}
	return c, nil
}

// Close closes the cache: it cancels lookups under way, writes pending names to disk, and
// waits for the cache's goroutines. Closing again does nothing.
func (c *Cache) Close() {
	c.stop()
	c.tasks.close()
	c.memory.StopAllGoroutines()
	c.clock.Stop()
	if c.disk != nil {
		c.writes.close()
		c.disk.Close()
	}
}

// noted is the sampling interval for eviction: only one of noted reads is recorded as an
// access, because recording costs more than the read itself.
const noted = 8

// Peek returns a name from memory, without waiting. If known is true and the name is
// empty, the id does not exist; if known is false, call [Cache.Get].
func (c *Cache) Peek(kind Kind, id int64) (name string, known bool) {
	if id <= 0 || kind >= kinds {
		return "", true
	}
	k := key{id, kind}
	e, found := c.memory.GetEntryQuietly(k)
	if !found {
		return "", false
	}
	v := &e.Value
	if e.SnapshotAtNano >= e.RefreshableAtNano && c.opts.Source != nil {
		if v.name != "" && v.old(kind, e.SnapshotAtNano) && !v.failing {
			return "", false
		}
		c.renew(k)
	}
	if c.stats.count(kind, outcomeOf(v))%noted == 0 {
		c.memory.GetIfPresent(k)
	}
	return v.name, true
}

// renew loads a name again, in the background.
func (c *Cache) renew(k key) {
	// Other readers need not renew the name at the same time.
	c.memory.SetRefreshableAfter(k, c.opts.Timeout)
	c.memory.Refresh(c.base, k, (*loader)(c))
}

// Get returns a name, and waits for it if necessary until ctx ends. The error is
// [koji.ErrNotFound] if the id does not exist on the hub, or else why the name is not
// available.
func (c *Cache) Get(ctx context.Context, kind Kind, id int64) (string, error) {
	if name, known := c.Peek(kind, id); known {
		return result(kind, id, name)
	}
	if c.base.Err() != nil {
		return "", fmt.Errorf("name of %s %d: %w", kind, id, ErrClosed)
	}
	k := key{id, kind}
	select {
	case r := <-c.memory.Refresh(c.base, k, (*loader)(c)): //nolint:contextcheck // loading continues when the caller gives up
		if r.Err != nil {
			return "", fmt.Errorf("name of %s %d: %w", kind, id, r.Err)
		}
		return result(kind, id, r.Value.name)
	case <-ctx.Done():
		if name := c.old(k); name != "" {
			c.stats.count(kind, Stale)
			return name, nil
		}
		c.stats.count(kind, GivenUp)
		return "", fmt.Errorf("name of %s %d: %w", kind, id, context.Cause(ctx))
	}
}

// old returns a known name, however old it is.
func (c *Cache) old(k key) string {
	if e, found := c.memory.GetEntryQuietly(k); found {
		return e.Value.name
	}
	name, _, _ := c.read(k)
	return name
}

func result(kind Kind, id int64, name string) (string, error) {
	if name == "" {
		return "", fmt.Errorf("%s %d: %w", kind, id, koji.ErrNotFound)
	}
	return name, nil
}

// Learn stores a name from a message that was sent at the given time. A zero time means
// now. It costs very little if the name is already known.
func (c *Cache) Learn(kind Kind, id int64, name string, at time.Time) {
	if id <= 0 || kind >= kinds || c.base.Err() != nil {
		return
	}
	k := key{id, kind}
	e, found := c.memory.GetEntryQuietly(k)
	// A name that was recently confirmed need not be stored again.
	enough := func(asOf int64) bool {
		return found && e.Value.name == name && asOf-e.Value.asOf < int64(kind.TTL())/8
	}
	asOf := at.UnixNano()
	if at.IsZero() {
		asOf = e.SnapshotAtNano
	}
	if enough(asOf) {
		return
	}
	if now := time.Now().UnixNano(); at.IsZero() || asOf > now {
		asOf = now
	}
	// An older message does not replace a name.
	if enough(asOf) || found && e.Value.name != "" && asOf < e.Value.asOf {
		return
	}
	if !isName(name) {
		return
	}
	c.learn(k, name, asOf)
}
