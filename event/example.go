package event

import _ "embed"

//go:embed example.json
var example string

// Example returns the JSON of an event with every member there is, which no real
// event has. It shows what there can be to programs that check what people write
// about events, such as templates.
func Example() string { return example }
