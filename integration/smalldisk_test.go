//go:build integration

package integration

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// smallDisk is a small file system that only one process sees.
type smallDisk struct {
	dir     string
	options string // of mount
	daemon  *rig.Process
}

func newSmallDisk(t *testing.T) *smallDisk {
	t.Helper()
	return &smallDisk{dir: t.TempDir(), options: "size=256k"}
}

// path returns the path of a file on the disk, for the daemon.
func (s *smallDisk) path(name string) string { return filepath.Join(s.dir, name) }

// seen returns the path by which other processes find the file.
func (s *smallDisk) seen(name string) string {
	return fmt.Sprintf("/proc/%d/root%s", s.daemon.PID(), s.path(name))
}

// run runs the daemon in a mount namespace with the disk. Users other than root need
// permission to create such namespaces.
func (s *smallDisk) run(t *testing.T, config string) *rig.Process {
	t.Helper()
	under := []string{"unshare", "--mount"}
	if os.Geteuid() != 0 {
		under = append(under, "--map-root-user")
	}
	under = append(under, "sh", "-c", `mount -t tmpfs -o "$1" tmpfs "$0" && shift && exec "$@"`, s.dir, s.options)
	s.daemon = rig.DaemonWith(t, rig.Command{Under: under, Args: []string{"run", "--config", config}})
	return s.daemon
}

// fill fills the disk.
func (s *smallDisk) fill(t *testing.T) {
	t.Helper()
	f, err := os.Create(s.seen("ballast"))
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = f.Write(make([]byte, 4096))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// free frees space on the disk.
func (s *smallDisk) free(t *testing.T) {
	t.Helper()
	if err := os.Remove(s.seen("ballast")); err != nil {
		t.Fatal(err)
	}
}
