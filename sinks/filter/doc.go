// Package filter decides which events a sink gets: by lists of types, states, packages
// and other facts, by the kind of work that an event is about, and by an expression over
// the members of the event's JSON. It also detects duplicates within a window.
//
// Expressions may use members that an event lacks: they read as "", 0, false or an empty
// list.
package filter
