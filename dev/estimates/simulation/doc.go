// Package simulation makes the stream of a Koji build system up: packages that are
// built for targets on hosts of several arches, queues that fill up, failures and
// restarts. It is there to hold estimates to what comes true.
//
// A [System] has the hosts and goes by the rules of the hub's scheduler. What is
// built when, and how long it takes, is drawn by a [Workload], of which there are two
// that have nothing in common. The parameters of either are drawn anew for every
// seed; the same seed makes the same stream.
package simulation
