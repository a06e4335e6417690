package apache

import (
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
)

// Apache refuses to serve as root. If the tests run as root, Apache runs as the user that
// Debian or Fedora has for it, or as nobody, and that user owns its folder.

// account is the user that the server runs as, if not the user who runs the tests.
type account struct{ uid, gid int }

// servant returns an account, or nil if the tests do not run as root.
func servant() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"www-data", "apache", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			continue
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			continue
		}
		return &account{uid, gid}, nil
	}
	return nil, fmt.Errorf("run Apache as root: there is no user www-data, apache or nobody")
}

// command returns a command that runs a program as the account, with additional
// environment variables. The helper programs execute the program in the same process, and
// restore the death signal, which the kernel clears when the user changes.
func (a *account) command(env []string, program string, args ...string) *exec.Cmd {
	line := append(append([]string{"env"}, env...), program)
	line = append(line, args...)
	if a != nil {
		line = append([]string{
			"setpriv", "--reuid", strconv.Itoa(a.uid), "--regid", strconv.Itoa(a.gid), "--clear-groups",
			"--pdeathsig", "KILL", "--",
		}, line...)
	}
	return exec.Command(line[0], line[1:]...) //nolint:noctx // Close ends it
}

// handOver makes the account the owner of the server's folder, and lets it traverse the
// folders above.
func (s *Server) handOver() error {
	if s.as == nil {
		return nil
	}
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("hand over to Apache: %w", err)
	}
	for _, e := range entries {
		if err := os.Lchown(s.path(e.Name()), s.as.uid, s.as.gid); err != nil {
			return fmt.Errorf("hand over to Apache: %w", err)
		}
	}
	if err := os.Lchown(s.dir, s.as.uid, s.as.gid); err != nil {
		return fmt.Errorf("hand over to Apache: %w", err)
	}
	return passable(filepath.Dir(s.dir))
}

// passable lets other users traverse, but not list, a temporary folder of the tests and
// the folders above it.
func passable(dir string) error {
	top := filepath.Clean(os.TempDir())
	for ; strings.HasPrefix(dir, top+string(filepath.Separator)); dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return fmt.Errorf("hand over to Apache: %w", err)
		}
		if err := os.Chmod(dir, info.Mode().Perm()|0o011); err != nil {
			return fmt.Errorf("hand over to Apache: %w", err)
		}
	}
	return nil
}
