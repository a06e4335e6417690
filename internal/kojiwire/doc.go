// Package kojiwire makes values of package koji from what a hub or a message
// says: records from plain fields ([SetTask], [SetBuild], …), whatever format they
// come in, and the records of XML-RPC as a whole ([Into]).
//
// Koji's names and their meaning stand here once, for JSON and XML-RPC alike. The
// package does no I/O, keeps no state between calls and never panics on what it is
// given.
package kojiwire
