package namecache

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// neighbourVariable names the folder in which a second process works.
const neighbourVariable = "NAMECACHE_TEST_NEIGHBOUR"

// sharedNames is the number of names of each kind that two processes share.
const sharedNames = 500

// fullNames is a source that has a name for every id.
type fullNames struct{}

func (fullNames) Name(_ context.Context, kind Kind, id int64) (string, error) {
	return fullName(kind, id), nil
}

// fullName returns a long name, so that a truncated one would be noticed.
func fullName(kind Kind, id int64) string {
	return fmt.Sprintf("%s-%d-%s", kind, id, strings.Repeat("x", 200))
}

// useShared reads, learns and renews the same names in several goroutines.
func useShared(dir string) error {
	c, err := New(Options{Source: fullNames{}, Dir: dir, Profile: "lab", Size: 100})
	if err != nil {
		return err
	}
	defer c.Close()
	errs := make(chan error, 4)
	for range cap(errs) {
		go func() {
			for id := range int64(sharedNames) {
				for _, kind := range []Kind{User, Tag} {
					c.Learn(kind, id+1, fullName(kind, id+1), time.Now())
					name, err := c.Get(context.Background(), kind, id+1)
					if err == nil && name != fullName(kind, id+1) {
						err = fmt.Errorf("%s %d: got %q", kind, id+1, name)
					}
					if err != nil {
						errs <- err
						return
					}
				}
			}
			errs <- nil
		}()
	}
	for range cap(errs) {
		if err := <-errs; err != nil {
			return err
		}
	}
	if s := c.Stats().Disk; s.Failures > 0 || s.Unreadable > 0 {
		return fmt.Errorf("trouble on the disk: %+v", s)
	}
	return nil
}

// neighbour is the second process.
func neighbour() {
	if err := useShared(os.Getenv(neighbourVariable)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// TestTwoProcesses uses one folder from two processes at once, and checks that both only
// see complete names and that no draft is left.
func TestTwoProcesses(t *testing.T) {
	dir := t.TempDir()
	var wg sync.WaitGroup
	wg.Go(func() {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), neighbourVariable+"="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("the other process: %v\n%s", err, out)
		}
	})
	wg.Go(func() {
		if err := useShared(dir); err != nil {
			t.Error(err)
		}
	})
	wg.Wait()
	for _, kind := range []Kind{User, Tag} {
		for id := range int64(sharedNames) {
			wantFile(t, filepath.Join(dir, "lab", kind.String(), fmt.Sprint(id+1)), fullName(kind, id+1))
		}
	}
	if drafts, err := os.ReadDir(filepath.Join(dir, "lab", newFolder)); err != nil || len(drafts) > 0 {
		t.Errorf("left behind: %v, %v", drafts, err)
	}
}

// writeMany writes the files of packages 1 to n like another program.
func writeMany(t testing.TB, dir string, n int) {
	t.Helper()
	folder := filepath.Join(dir, "lab", "package")
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	for id := 1; id <= n; id++ {
		if err := os.WriteFile(filepath.Join(folder, fmt.Sprint(id)), fmt.Appendf(nil, "package-%d", id), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestManyOnDisk starts with many more names on disk than fit into memory, and checks that
// the hub is not needed.
func TestManyOnDisk(t *testing.T) {
	const many, size = 10_000, 1_000
	dir := t.TempDir()
	writeMany(t, dir, many)
	hub := newFakeHub()
	c := open(t, Options{Source: hub, Dir: dir, Size: size})
	var wg sync.WaitGroup
	for part := range int64(8) {
		wg.Go(func() {
			for id := part + 1; id <= many; id += 8 {
				if name, err := c.Get(t.Context(), Package, id); err != nil || name != fmt.Sprintf("package-%d", id) {
					t.Errorf("package %d: got %q, %v", id, name, err)
					return
				}
			}
		})
	}
	wg.Wait()
	wantAsked(t, hub, 0)
	c.memory.CleanUp()
	if s := c.Stats(); s.Size > size || s.Disk.Reads != many || s.Disk.Writes > 0 {
		t.Errorf("got %d in memory, %+v", s.Size, s.Disk)
	}
}
