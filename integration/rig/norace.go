//go:build !race

package rig

// raceDetector reports whether the tests, and so the daemon, run with the race detector.
const raceDetector = false
