// Package queue predicts when a task that waits for a host will start, by the rules of the
// hub's scheduler.
//
// A [Model] holds the hosts, the tasks that run on them and the tasks that wait.
// It is filled by a snapshot of the hub ([Model.Load]) and kept current by the
// stream of task events ([Model.Observe]); without a hub it learns the hosts from
// where tasks were seen to run.
//
// # The rules
//
// Since Koji 1.34 the hub gives out tasks in rounds, at most one every 60 s. Tasks
// go by priority, then by age. A host takes a task of its channels whose arch is
// noarch or one of its own, while its load is below its capacity and it has fewer
// than maxjobs tasks. A task weighs 1.0 until it is opened and then what its
// handler says; a task that waits for its children weighs nothing. The host picks
// the task up when it polls, every 15 s.
//
// Source: kojihub/scheduler.py, koji/daemon.py (TaskManager).
//
// # The answer
//
// The hosts that can take a task are one pool of places, each free now or when
// what runs there is expected to end. What waits ahead takes the places one by one
// and gives them back after its own time; work of other bins that only shares some
// of the hosts counts for that share. What comes later and goes first takes part of
// the places, as much as it usually does at that hour of the day. So more tasks
// ahead never mean an earlier start, nor does a lower priority.
package queue
