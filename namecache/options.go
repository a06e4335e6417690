package namecache

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// ErrNoSource reports that a name is neither in memory nor on disk, and that there is no
// source.
var ErrNoSource = errors.New("no hub to ask")

// ErrClosed reports that the cache was closed.
var ErrClosed = errors.New("closed")

// Source returns names that are not in the cache.
type Source interface {
	// Name returns the name for an id, or koji.ErrNotFound. It is called from many
	// goroutines at once, so that calls may be sent together.
	Name(ctx context.Context, kind Kind, id int64) (string, error)
}

// Options configure a cache. A zero value means the default.
type Options struct {
	// Source returns names that the cache does not have. Without a source, names
	// only come from messages and from the disk.
	Source Source
	// Dir is the folder for all profiles; "" keeps nothing on disk.
	Dir string
	// Profile names the hub, for its folder in Dir. It may be any text.
	Profile string
	// Size is the maximum number of names in memory. Default: 100,000.
	Size int
	// Negative is how long the cache remembers that an id does not exist.
	// Default: 1 min.
	Negative time.Duration
	// Retry is how long an expired name is served before the source, which failed,
	// is asked again. Default: 30 s.
	Retry time.Duration
	// Timeout is the timeout of a call to the source. A caller of the cache may
	// give up sooner; the name is then cached for the next. Default: 10 s.
	Timeout time.Duration
	// Notify, if set, is called with an error when the disk starts to fail and with
	// nil when it works again. It may be called from several goroutines and must not
	// block.
	Notify func(error)
}

func (o *Options) setDefaults() {
	o.Size = cmp.Or(max(o.Size, 0), 100_000)
	o.Negative = cmp.Or(max(o.Negative, 0), time.Minute)
	o.Retry = cmp.Or(max(o.Retry, 0), 30*time.Second)
	o.Timeout = cmp.Or(max(o.Timeout, 0), 10*time.Second)
	if o.Notify == nil {
		o.Notify = func(error) {}
	}
}
