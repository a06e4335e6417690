// Package tracing sends a trace of each delivery to an OpenTelemetry collector. A trace has a
// span for the delivery, with child spans for each step of processing it and for each attempt
// to send it.
//
// A nil *Tracer is off: all methods of it, and of the values that they return, can be called
// and do nothing.
package tracing
