// Package simulation simulates the messages of a Koji build system: packages that are built
// for targets on hosts of several arches, queues, failures and restarts. It is used to compare
// estimates with actual times.
//
// A [System] has the hosts and follows the rules of the hub's scheduler. A [Workload] draws
// what is built when, and how long it takes; there are two independent ones. Their parameters
// are random for every seed; the same seed produces the same messages.
package simulation
