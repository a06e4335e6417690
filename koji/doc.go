// Package koji holds the values of the Koji build system: tasks, builds, tags,
// targets, users and the rest, the states they go through, what a task's
// request says for each method, and the URLs under which kojiweb shows them.
//
// The package is pure: it does no I/O, keeps no state between calls and never
// panics on what a hub or a message says. Names, numbers and rules are Koji's.
package koji
