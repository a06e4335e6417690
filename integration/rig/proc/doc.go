// Package proc runs child processes and leaves none behind: each is reaped, and on
// Linux the kernel kills it if the parent dies unexpectedly (a panic, a test timeout,
// SIGKILL).
package proc
