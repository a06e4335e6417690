package config

import "fmt"

// origin is where the values of a configuration come from, for problems that
// show only when a value is used.
type origin struct {
	file   string
	places map[string]place
	names  map[string]string
}

// originOf keeps of a report what later problems need.
func originOf(r *report) origin {
	return origin{file: r.file, places: r.places, names: r.names}
}

// Problem returns the error for a key whose value turned out to be wrong when it
// was used, such as the name of a profile that does not exist. The message says
// what is wrong and what to do.
func (c *Config) Problem(key, format string, args ...any) *Error {
	r := report{file: c.origin.file, places: c.origin.places, names: c.origin.names}
	r.add(key, "%s", fmt.Sprintf(format, args...))
	return &Error{Problems: r.problems}
}
