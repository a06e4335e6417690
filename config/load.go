package config

import (
	"io"
	"os"

	"github.com/kojiwatch/kojiwatch/config/schema"
)

// Default returns the configuration of an empty file, with all fixed defaults. It is not
// valid yet, since it lacks a broker and sinks.
func Default() *Config {
	c := &Config{}
	schema.Defaults(c)
	return c
}

// Load reads the configuration from a file. Env looks up environment variables,
// as [os.LookupEnv] does. The error is an [*Error] if the file could be read, else an
// [*UnreadableError].
func Load(path string, env Env, also ...Check) (*Config, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, &UnreadableError{err}
	}
	defer func() { _ = file.Close() }()
	return Read(path, file, env, also...)
}

// Read is Load for an open file.
func Read(name string, from io.Reader, env Env, also ...Check) (*Config, error) {
	data, err := io.ReadAll(io.LimitReader(from, schema.MaxFile+1))
	if err != nil {
		return nil, &UnreadableError{err}
	}
	return Parse(name, data, env, also...)
}

// Check finds mistakes that this package cannot detect. It is also called if other keys have
// mistakes; those keys have their defaults then.
type Check func(c *Config) []Problem

// UnreadableError reports that the configuration file could not be read.
type UnreadableError struct{ Err error }

func (e *UnreadableError) Error() string { return "read configuration: " + e.Err.Error() }

func (e *UnreadableError) Unwrap() error { return e.Err }

// Parse reads the configuration from the text of the file name. Paths in the file are
// relative to its folder. Env looks up environment variables, as [os.LookupEnv] does. The
// error is an [*Error].
func Parse(name string, data []byte, env Env, also ...Check) (*Config, error) {
	c := Default()
	r, whole := schema.Decode(name, data, env, c)
	if !whole {
		return nil, r.Err()
	}
	c.report = r.Sequel()
	c.derive(r, env)
	c.check(r)
	for _, check := range also {
		r.Append(check(c)...)
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// Env looks up an environment variable and reports whether it is set, like [os.LookupEnv].
type Env = schema.Env

// Changes returns the names of the keys, outside of sinks, in which another
// configuration differs.
func (c *Config) Changes(other *Config) []string { return schema.Changes(c, other) }

// Problem returns the error for a key whose value proves wrong when it is used, such as the
// name of a profile that does not exist. The message says what is wrong and how to fix it.
func (c *Config) Problem(key, format string, args ...any) *Error {
	r := &schema.Report{}
	if c.report != nil {
		r = c.report.Sequel()
	}
	r.Add(key, format, args...)
	return &Error{Problems: r.Problems()}
}
