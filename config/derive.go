package config

import (
	"path/filepath"
	"strings"

	"github.com/kojiwatch/kojiwatch/config/schema"
)

// derive sets the defaults that depend on other keys and the environment.
func (c *Config) derive(r *schema.Report, env Env) {
	if c.StateDir == "" {
		c.StateDir = stateDir(env)
	}
	if c.Cache.Dir == "" {
		c.Cache.Dir = cacheDir(env)
	}
	c.Admin.derive(r.Given("admin.pprof"))
	for i := range c.Sinks {
		c.Sinks[i].derive(func(key string) bool { return r.Given(schema.Join(schema.Item("sinks", i), key)) })
	}
}

// stateDir returns the folder for state, or "" if the environment names none.
func stateDir(env Env) string {
	return userFolder(env, "STATE_DIRECTORY", "XDG_STATE_HOME", ".local/state")
}

// cacheDir returns the folder for data that can be fetched again, or "" if the environment
// names none.
func cacheDir(env Env) string {
	return userFolder(env, "CACHE_DIRECTORY", "XDG_CACHE_HOME", ".cache")
}

// userFolder returns kojiwatch's folder from the variable of systemd, else from that of the
// XDG Base Directory Specification, else in the user's home folder.
func userFolder(env Env, systemd, xdg, home string) string {
	get := func(name string) string {
		value, _ := env(name)
		return value
	}
	// systemd separates several by colons.
	first, _, _ := strings.Cut(get(systemd), ":")
	if filepath.IsAbs(first) {
		return filepath.Clean(first)
	}
	// The specification says to ignore relative paths.
	if base := get(xdg); filepath.IsAbs(base) {
		return filepath.Join(base, "kojiwatch")
	}
	if base := get("HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, home, "kojiwatch")
	}
	return ""
}

// deriver is implemented by the sections of sink types with defaults that depend
// on other keys.
type deriver interface {
	Derive(sinkType string, given func(key string) bool)
}

// derive sets the sink's defaults that depend on its other keys, except for keys for which
// given returns true. Their names are relative to the sink.
func (s *Sink) derive(given func(key string) bool) {
	q := &s.Queue
	if !given("queue.durable") {
		q.Durable = !q.Exclusive
	}
	if !given("queue.single_active_consumer") {
		q.SingleActiveConsumer = q.Durable && !q.Exclusive && q.Type != QueueStream
	}
	if q.Type == QueueStream && !given("queue.offset") {
		q.Offset = "next"
	}
	// Whoever created the queue has also bound it, unless topics are given.
	if q.Declare != DeclareActive && !given("topics") {
		s.Topics = nil
	}
	// A named exclusive queue would stay locked by a dead connection until the broker
	// notices its end.
	if !given("queue.name") && !q.Exclusive && s.Name != "" {
		q.Name = "kojiwatch-" + s.Name
	}
	if own, ok := schema.Own(s).(deriver); ok {
		own.Derive(string(s.Type), given)
	}
	if (s.Webhook != nil || s.Email != nil) && !given("retry.attempts") {
		s.Retry.Attempts = 100
	}
	if !given("dead_letters") {
		s.DeadLetters = DeadLettersQueue
		if q.Exclusive || q.Declare != DeclareActive {
			s.DeadLetters = DeadLettersFile
		}
	}
}
