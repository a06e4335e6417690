//go:build unix && !linux

package proc

import "syscall"

// attributes puts a child into a process group of its own. Only Linux can also
// tie its life to its parent's.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
