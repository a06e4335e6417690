// Package koji holds the values of the Koji build system: tasks, builds, tags,
// targets, users and the rest, the states they go through, what a task's request
// and result say, names of builds and RPMs, and the URLs under which kojiweb shows
// them all.
//
// The package is pure: it does no I/O, keeps no state between calls and never
// panics on what a hub or a message says. Names, numbers and rules are Koji's.
package koji
