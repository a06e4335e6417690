//go:build unix && !linux

package proc

import "syscall"

// attributes puts a child into its own process group. Only Linux can also kill it when
// its parent ends.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
