// Package forecast tells from a task and the tasks below it when it will be done:
// in every state, for every method, in every phase of a build.
//
// What is known of earlier runs is a [Past]; when what waits will start is told by a
// model of the hub's queue. The package does no I/O and has no clock.
package forecast
