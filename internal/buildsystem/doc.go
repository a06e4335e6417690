// Package buildsystem follows the tasks and builds of a build system and counts what becomes
// of them: what waits and runs now, how long tasks waited and ran, how builds ended and why
// they failed.
//
// A [System] is told of events by [System.Observe], once of each, and of what the hub lists
// by [System.Load]. [System.Stats] returns the counts. What it remembers is bounded, and so
// are the names that it counts by: what comes beyond a bound is counted as [Other].
package buildsystem
