// Package replay publishes recorded deliveries again, with the same exchange,
// routing key, properties, headers and body, so that a consumer gets what it
// got when they were recorded. The package recording says how a recording looks.
package replay
