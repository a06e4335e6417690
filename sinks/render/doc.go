// Package render renders events with text/template, for bodies, headers and subjects. A
// template is checked against every type of event when it is parsed, and its execution is
// bounded. docs/sinks.md is the documentation for users.
package render
