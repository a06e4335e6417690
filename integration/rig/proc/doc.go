// Package proc runs child processes that can't be left behind: each is reaped,
// and on Linux the kernel ends it should the parent die without warning (a
// panic, a test time-out, SIGKILL).
package proc
