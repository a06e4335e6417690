// Package replay publishes recorded deliveries again, with the same exchange, routing
// key, properties, headers and body, so that a consumer gets the same deliveries. See
// package recording for the format.
package replay
