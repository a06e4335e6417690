package event

import _ "embed"

//go:embed example.json
var example string

// Example returns the JSON of an event with all possible members, more than any real event
// has. Programs use it to check the members that people name, for example in templates.
func Example() string { return example }
