// Package webhook is the sink that sends events to a web server: as JSON, as CloudEvents,
// rendered by a template, or as messages for people in a chat. docs/sinks.md is the
// documentation for users.
package webhook
