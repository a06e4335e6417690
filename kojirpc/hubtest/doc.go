// Package hubtest is a fake Koji hub for tests: an HTTP server on a loopback port that
// answers XML-RPC calls like a hub of version 1.35, from a small data set. It can also
// be used to try things out without a hub.
//
//	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
//	client := …(hub.URL)
//
// Outside of tests, Listen starts a hub. New returns a Hub, which is an http.Handler
// for any server.
//
// # What is modelled
//
// The fake models HTTP (POST only, status 400 for requests that are not XML-RPC,
// faults with status 200, gzip, keep-alive of five seconds and a hundred requests,
// Koji-Version), faults with Koji's codes and texts, including Python's errors for
// invalid arguments, sessions with all their rules (logins by certificate or as
// identified by a front end, header and query transport, call numbers, expiry and
// renewal, exclusive sessions), multiCall, and the calls that read users, tags,
// targets, packages, builds, tasks, channels, hosts and repos. Of the calls that
// change something, it models build, makeTask and createTag, to test permissions, and
// those of content generators, including uploads, which it keeps in memory. The
// hub's other calls are answered with fault 1 and a text that says that they are not
// modelled.
//
// # Data
//
// Data consists of plain rows, described in package dataset. They refer to each other
// by name; for a name that is not listed, a row is added with the next free id. The
// rows can be loaded from a JSON file and changed while the hub runs: Update changes
// them atomically, and a request sees either the old rows or the new ones.
//
// # Failures
//
// Inject makes requests fail: with an answer that comes late or never, a connection
// that is closed before, during or after the answer, an error of a front end, or
// garbage. Stats counts requests and calls.
package hubtest
