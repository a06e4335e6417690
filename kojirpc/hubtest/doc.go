// Package hubtest is a Koji hub in a box: an HTTP server on a loopback port that
// answers XML-RPC calls as a hub of version 1.35 does, over a small set of data.
// It is for tests, and for trying things out without a hub.
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
// there are build, makeTask and createTag, so that there is something to guard.
// A call that a hub knows and this one does not model is answered with fault 1
// that says so.
//
// # Data
//
// Data is plain rows. They refer to each other by name; a name that is not
// listed comes into being with the next free id. The rows can be loaded from a
// JSON file and changed while the hub runs: Update changes all of them at once,
// and a request sees either the old or the new ones.
//
// # Troubles
//
// Inject makes requests fail: late, never, with the wire cut before, in or after
// the answer, with an error of a front end, with garbage. Stats counts what was
// asked.
package hubtest
