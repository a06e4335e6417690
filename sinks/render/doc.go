// Package render makes text of events by templates of Go's text/template: bodies,
// headers and subjects. A template is checked against every type of event when it
// is read, and bounded when it runs. docs/sinks.md describes it for its users.
package render
