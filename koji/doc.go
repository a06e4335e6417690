// Package koji defines the objects of the Koji build system: tasks, builds, tags,
// targets, users and others, their states, the requests and results of tasks, the names
// of builds and RPMs, and the URLs of kojiweb's pages.
//
// The package is pure: it does no I/O, keeps no state between calls and never panics on
// data from a hub or a message. Names, numbers and rules are Koji's.
package koji
