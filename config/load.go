package config

import (
	"io"
	"os"
	"path/filepath"
	"reflect"

	"go.yaml.in/yaml/v4"
)

// Default returns the configuration of an empty file: every key that has a fixed
// default has it. It is not valid yet, for it lacks broker and sinks.
func Default() *Config {
	c := &Config{}
	setDefaults(c)
	return c
}

// Load reads the configuration from a file. Env looks up environment variables,
// as [os.LookupEnv] does. The error is an [*Error] if the file could be read, else an
// [*UnreadableError].
func Load(path string, env Env) (*Config, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, &UnreadableError{err}
	}
	return Parse(path, data, env)
}

// UnreadableError is that there is no configuration to be had.
type UnreadableError struct{ Err error }

// Error implements error.
func (e *UnreadableError) Error() string { return "read configuration: " + e.Err.Error() }

// Unwrap returns e.Err.
func (e *UnreadableError) Unwrap() error { return e.Err }

func readFile(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	return io.ReadAll(io.LimitReader(file, maxFile+1))
}

// Parse reads the configuration from the text of a file. The name is the file's,
// for errors; the paths in the file are relative to its folder. Env looks up
// environment variables, as [os.LookupEnv] does. The error is an [*Error].
func Parse(name string, data []byte, env Env) (*Config, error) {
	r := &report{file: name, places: map[string]place{"": {1, 1}}, sources: map[string]string{}}
	document := readDocument(r, data)
	if err := r.err(); err != nil {
		return nil, err
	}
	c := Default()
	if document != nil {
		d := &decoder{report: r, env: env, folder: filepath.Dir(name)}
		d.section(document, "", fieldsOf(reflect.TypeFor[Config]()), reflect.ValueOf(c).Elem(), 0)
		// What was not read cannot be judged.
		if err := r.err(); err != nil && (d.stopped || document.Kind != yaml.MappingNode) {
			return nil, err
		}
	}
	c.origin = originOf(r)
	c.derive(r, env)
	c.check(r)
	if err := r.err(); err != nil {
		return nil, err
	}
	return c, nil
}
