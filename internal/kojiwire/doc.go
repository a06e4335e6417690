// Package kojiwire decodes records of a hub or a message to values of package koji: field by
// field, in any format ([SetTask], [SetBuild], …), and whole XML-RPC records ([Into]).
//
// It defines the meaning of Koji's member names once, for JSON and XML-RPC. The package
// does no I/O, keeps no state between calls and never panics on any input.
package kojiwire
