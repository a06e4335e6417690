//go:build race

package rig

// raceDetector tells whether the tests run with the race detector; the daemon
// then does, too.
const raceDetector = true
