package namecache

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// loader loads names that are missing in memory, for otter.
type loader Cache

// Load implements otter.Loader.
func (l *loader) Load(_ context.Context, k key) (value, error) {
	return (*Cache)(l).load(k, value{}) //nolint:contextcheck // its context is the cache's
}

// Reload implements otter.Loader.
func (l *loader) Reload(_ context.Context, k key, had value) (value, error) {
	return (*Cache)(l).load(k, had) //nolint:contextcheck // its context is the cache's
}

// load loads a name from the disk, where another process may have renewed it, or from the
// source. had is the value in memory.
func (c *Cache) load(k key, had value) (value, error) {
	if name, at, ok := c.read(k); ok && at > had.asOf {
		had = c.named(k, name, at)
		if time.Now().UnixNano() < had.due || c.opts.Source == nil {
			c.stats.count(k.kind, OnDisk)
			return had, nil
		}
	}
	name, err := c.ask(k)
	now := time.Now().UnixNano()
	switch {
	case err == nil:
		c.stats.count(k.kind, FromHub)
		return c.keep(k, name, now), nil
	case errors.Is(err, koji.ErrNotFound) && had.name == "":
		c.stats.count(k.kind, Negative)
		return value{asOf: now, due: now + int64(c.opts.Negative)}, nil
	case errors.Is(err, koji.ErrNotFound):
		// The id existed once, and ids are never reused.
		c.stats.count(k.kind, Stale)
		return c.keep(k, had.name, now), nil
	case had.name != "":
		c.stats.count(k.kind, Stale)
		had.due, had.failing = now+int64(c.opts.Retry), true
		return had, nil
	}
	c.stats.count(k.kind, Failed)
	return value{}, err
}

func (c *Cache) read(k key) (name string, asOf int64, ok bool) {
	if c.disk == nil {
		return "", 0, false
	}
	name, at, ok := c.disk.Read(k.kind, k.id)
	return name, at.UnixNano(), ok
}

// ask gets a name from the source.
func (c *Cache) ask(k key) (string, error) {
	if c.opts.Source == nil {
		return "", ErrNoSource
	}
	ctx, cancel := context.WithTimeout(c.base, c.opts.Timeout)
	defer cancel()
	name, err := c.opts.Source.Name(ctx, k.kind, k.id)
	switch {
	case c.base.Err() != nil:
		return "", ErrClosed
	case err == nil && name == "":
		err = koji.ErrNotFound
	}
	return name, err
}

// keep queues a name to be written to disk and returns its value.
func (c *Cache) keep(k key, name string, asOf int64) value {
	name = strings.Clone(name) // it may be part of a long string
	v := c.named(k, name, asOf)
	if c.writes != nil {
		c.writes.put(k, v)
	}
	return v
}

// learn stores a name in memory and on disk.
func (c *Cache) learn(k key, name string, asOf int64) {
	c.stats.count(k.kind, Learnt)
	c.memory.Set(k, c.keep(k, name, asOf))
}
