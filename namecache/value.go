package namecache

import (
	"hash/maphash"
	"math"
	"time"

	"github.com/maypok86/otter/v2"
)

// key identifies a name.
type key struct {
	id   int64
	kind Kind
}

// value is the cached name of a key. Times are Unix nanoseconds.
type value struct {
	name string // "": the id does not exist
	asOf int64  // when that was last confirmed
	due  int64  // when to renew it
	// failing means that the last renewal has failed: callers do not wait for a
	// renewal until one succeeds.
	failing bool
}

// old reports whether a name has exceeded its TTL.
func (v *value) old(k Kind, now int64) bool { return now-v.asOf >= int64(k.TTL()) }

// named returns the value of a name confirmed at some time. It is due for renewal between
// eight and eleven twelfths of its TTL, so that names that were stored together are not
// all renewed at the same time.
func (c *Cache) named(k key, name string, asOf int64) value {
	ttl := int64(k.kind.TTL())
	spread := ttl/12 + int64(maphash.Comparable(c.seed, k)%uint64(ttl/4))
	return value{name: name, asOf: asOf, due: asOf + ttl - spread}
}

// deadlines tells otter when values are due for renewal and when they expire. Names never
// expire: an old name is better than none.
type deadlines struct{}

func until(at int64, e otter.Entry[key, value]) time.Duration {
	return max(time.Duration(at-e.SnapshotAtNano), 1)
}

func expiry(e otter.Entry[key, value]) time.Duration {
	if e.Value.name != "" {
		return math.MaxInt64 / 2
	}
	return until(e.Value.due, e)
}

func (deadlines) ExpireAfterCreate(e otter.Entry[key, value]) time.Duration { return expiry(e) }
func (deadlines) ExpireAfterUpdate(e otter.Entry[key, value], _ value) time.Duration {
	return expiry(e)
}
func (deadlines) ExpireAfterRead(e otter.Entry[key, value]) time.Duration { return e.ExpiresAfter() }

func (deadlines) RefreshAfterCreate(e otter.Entry[key, value]) time.Duration {
	return until(e.Value.due, e)
}
func (deadlines) RefreshAfterUpdate(e otter.Entry[key, value], _ value) time.Duration {
	return until(e.Value.due, e)
}
func (deadlines) RefreshAfterReload(e otter.Entry[key, value], _ value) time.Duration {
	return until(e.Value.due, e)
}
func (deadlines) RefreshAfterReloadFailure(e otter.Entry[key, value], _ error) time.Duration {
	return e.RefreshableAfter()
}
