// Package estimates tells how long tasks and builds will take, when they will be
// done, and how good that has been so far.
//
// An [Estimator] follows the stream of task and build events. What ends well teaches
// package history how long things take; what has not ended keeps package queue
// current, which tells when what waits will start; package forecast puts both
// together for a task and those below it.
//
// A build task is told by its phases: its work without waiting is learnt from earlier
// builds of the package, and the waits of its children come from the queue as it is
// now. So an estimate made in a mass rebuild does not go by quiet days.
//
// Runs that were restarted, failed or canceled teach nothing. Events may come twice,
// late and out of order.
package estimates
