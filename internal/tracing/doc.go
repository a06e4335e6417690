// Package tracing tells an OpenTelemetry collector what became of each delivery: a
// trace has a span for the delivery, and below it one for each step on its way to the
// sink and for each attempt to send it.
//
// A nil *Tracer is one that is off: everything can be called on it and on what it
// returns, and costs nothing.
package tracing
