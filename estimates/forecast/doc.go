// Package forecast predicts from a task and its descendants when it will be done: in every
// state, for every method, in every phase of a build.
//
// A [Past] provides durations of earlier runs, and a [Queue], a model of the hub's queue, when
// waiting tasks will start. The package does no I/O and has no clock.
package forecast
