// Package board holds what the live board shows: the builds and other tasks of a build
// system that run, wait or have ended lately, in memory and bounded.
//
// A [Board] is told of events by [Board.Observe], which never waits, and publishes a
// [Snapshot] several times a second while something changes. Snapshots are never changed,
// so any number of readers may use one at a time. What has ended is forgotten after some
// hours, and the board begins anew with the process.
package board
