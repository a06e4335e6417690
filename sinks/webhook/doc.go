// Package webhook is the sink that sends events to a web server: as they are, as
// CloudEvents, as what a template makes of them, or as messages for people in a
// chat. docs/sinks.md describes it for its users.
package webhook
