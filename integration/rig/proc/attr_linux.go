package proc

import "syscall"

// attributes puts a child into a process group of its own, so that a Ctrl-C on
// the terminal reaches only the parent, and ties its life to the thread that
// starts it.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
