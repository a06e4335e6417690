// Package hubtest has a Koji hub for tests: an HTTP server on a loopback port that
// answers XML-RPC calls as a hub of version 1.35 does, over a small set of data.
// It also serves to try things out without a hub.
//
//	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
//	client := …(hub.URL)
//
// Outside of tests, Listen starts one; a Hub from New is an http.Handler for a
// server of one's own.
//
// # What is modelled
//
// The HTTP side (POST only, 400 for what is no XML-RPC, faults with status 200,
// gzip, keep-alive of five seconds and a hundred requests, Koji-Version), faults
// with Koji's codes and texts, Python's complaints about arguments included,
// sessions with all their rules (logins by certificate or by a front end's word,
// header and query transport, call numbers, expiry and renewal, exclusive
// sessions), multiCall, and the calls that read users, tags, targets, packages,
// builds, tasks, channels, hosts and repos. Of the calls that change something
// there are build, makeTask and createTag, so that there is something to guard,
// and those of content generators, with the upload of files that go with them;
// the files are kept in memory.
// A call that a hub knows and this one does not model is answered with fault 1
// that says so.
//
// # Data
//
// Data is plain rows, described in package dataset. They refer to each other by
// name; a row is added, with the next free id, for a name that is not listed. The
// rows can be loaded from a
// JSON file and changed while the hub runs: Update changes all of them at once,
// and a request sees either the old or the new ones.
//
// # Failures
//
// Inject makes requests fail: with an answer that comes late or never, a
// connection that is closed before, in or after the answer, an error of a front
// end, or garbage. Stats counts what was asked.
package hubtest
