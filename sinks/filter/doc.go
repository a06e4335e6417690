// Package filter decides which events a sink gets: by lists of types, states,
// packages and the like, by what kind of work an event is about, and by an
// expression over the members of the event's JSON. It also rejects events
// that came twice within a window.
//
// What an event does not say never panics: unknown text is "", an unknown number
// 0, an unknown truth false, an unknown list empty.
package filter
