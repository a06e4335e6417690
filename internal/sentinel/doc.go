// Package sentinel finds what is wrong with a build system from its events: tasks that
// hang or are passed over, hosts that fail or are slower than their siblings, queues in
// which nothing moves.
//
// A [Sentinel] observes tasks as they change. [Sentinel.Check], called about once a
// minute, returns the alerts that have begun or ended since the last check. The package
// does no I/O and has no clock. Its memory is bounded.
package sentinel
