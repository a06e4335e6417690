// Package taskrequest tells what the work of a task is about from its request, for
// each method of Koji and its plugins ([Parse]), and what its result says
// ([ParseResult]).
//
// The parameters and results are decoded values, whatever format they came in. The
// package does no I/O, keeps no state between calls and never panics on what it is given.
package taskrequest
