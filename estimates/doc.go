// Package estimates predicts how long tasks and builds will take and when they will be done,
// and measures how accurate its predictions were.
//
// An [Estimator] follows the stream of task and build events. Package history learns durations
// from tasks that end well. Package queue tracks tasks that have not ended, and predicts when
// waiting tasks will start. Package forecast combines both for a task and its children.
//
// A build task is told by its phases: its work without waiting is learnt from earlier
// builds of the package, and the waits of its children come from the queue as it is
// now. So an estimate made in a mass rebuild does not go by quiet days.
//
// Nothing is learnt from runs that were restarted or failed. Events may arrive twice,
// late and out of order.
package estimates
