package namecache

import (
	"cmp"
	"context"
	"errors"
	"time"
)

// ErrNoSource reports that a name is neither in memory nor on the disk and there is
// no source to ask.
var ErrNoSource = errors.New("no hub to ask")

// ErrClosed reports that the cache was closed.
var ErrClosed = errors.New("closed")

// Source has the names that are not in the cache.
type Source interface {
	// Name returns the name behind an id, or koji.ErrNotFound. It is called from many
	// goroutines at once, so that calls may be sent together.
	Name(ctx context.Context, kind Kind, id int64) (string, error)
}

// Options say how a cache works. Zero values mean the defaults named.
type Options struct {
	// Source is asked for what the cache does not have. Without one, names come
	// from messages and from the disk alone.
	Source Source
	// Dir is the folder that all profiles are kept in; "" keeps nothing on disk.
	Dir string
	// Profile names the hub, for its folder in Dir. It may hold anything.
	Profile string
	// Size bounds how many names are kept in memory. Default: 100,000.
	Size int
	// Negative is how long it is believed that there is nothing by an id.
	// Default: 1 min.
	Negative time.Duration
	// Retry is how long an old name is served before the source, which failed,
	// is asked for it again. Default: 30 s.
	Retry time.Duration
	// Timeout bounds one question to the source. A caller of the cache may give up
	// sooner; the answer is then there for the next. Default: 10 s.
	Timeout time.Duration
	// Notify, if set, is called with an error when the disk begins to fail and with
	// nil when it works again. It may be called from several goroutines and must not block.
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
