// Package taskrequest extracts information about the work of a task from its request, for
// each method of Koji and its plugins ([Parse]), and from its result ([ParseResult]).
//
// Parameters and results are decoded values of any format. The package does no I/O, keeps
// no state between calls and never panics on any input.
package taskrequest
