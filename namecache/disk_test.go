package namecache

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// openDisk returns a disk that is closed at the end of the test, and its notices.
func openDisk(t *testing.T, dir string) (*Disk, func() []error) {
	t.Helper()
	var mu sync.Mutex
	var notices []error
	d, err := OpenDisk(dir, "lab", func(err error) {
		mu.Lock()
		defer mu.Unlock()
		notices = append(notices, err)
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.Close)
	return d, func() []error {
		mu.Lock()
		defer mu.Unlock()
		return notices
	}
}

// TestTxkoji checks that files are compatible with txkoji.
//
// Source: txkoji/cache.py.
func TestTxkoji(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "lab", "user", "2826"), "ktdreyer")
	d, _ := openDisk(t, dir)
	name, asOf, ok := d.Read(User, 2826)
	if !ok || name != "ktdreyer" || time.Since(asOf) > time.Minute {
		t.Fatalf("got %q, %s, %v", name, asOf, ok)
	}
	d.Write(Tag, 197, "f44-build", time.Now())
	wantFile(t, filepath.Join(dir, "lab", "tag", "197"), "f44-build")
}

// TestOddFiles checks that files without a valid name count as missing and are replaced.
func TestOddFiles(t *testing.T) {
	for name, place := range map[string]func(t *testing.T, file string){
		"empty":             func(t *testing.T, file string) { writeFile(t, file, "") },
		"only a line end":   func(t *testing.T, file string) { writeFile(t, file, "\n") },
		"two lines":         func(t *testing.T, file string) { writeFile(t, file, "alice\nbob") },
		"not UTF-8":         func(t *testing.T, file string) { writeFile(t, file, "al\xffice") },
		"half a character":  func(t *testing.T, file string) { writeFile(t, file, "ren\xc3") },
		"control character": func(t *testing.T, file string) { writeFile(t, file, "\x1b]0;owned\x07") },
		"zeros":             func(t *testing.T, file string) { writeFile(t, file, strings.Repeat("\x00", 64)) },
		"huge": func(t *testing.T, file string) {
			writeFile(t, file, "")
			if err := os.Truncate(file, 1<<33); err != nil {
				t.Fatal(err)
			}
		},
		"folder": func(t *testing.T, file string) {
			if err := os.MkdirAll(file, 0o755); err != nil {
				t.Fatal(err)
			}
		},
		"pipe": func(t *testing.T, file string) {
			writeFile(t, filepath.Join(filepath.Dir(file), "1"), "x")
			if err := syscall.Mkfifo(file, 0o644); err != nil {
				t.Fatal(err)
			}
		},
		"link to a file outside": func(t *testing.T, file string) {
			outside := filepath.Join(t.TempDir(), "secret")
			writeFile(t, outside, "secret")
			link(t, outside, file)
		},
		"link to itself": func(t *testing.T, file string) { link(t, file, file) },
		"link to nothing": func(t *testing.T, file string) {
			link(t, filepath.Join(filepath.Dir(file), "none"), file)
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, "lab", "user", "5")
			place(t, file)
			hub := newFakeHub()
			hub.set(User, 5, "alice")
			c := open(t, Options{Source: hub, Dir: dir})
			wantName(t, c, User, 5, "alice")
			wantAsked(t, hub, 1)
			c.Close()
			wantFile(t, file, "alice")
			if info, err := os.Lstat(file); err != nil || !info.Mode().IsRegular() {
				t.Errorf("got %v, %v; want a file", info.Mode(), err)
			}
		})
	}
}

func link(t *testing.T, to, at string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(at), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(to, at); err != nil {
		t.Fatal(err)
	}
}

// TestLinksOut checks that links out of the folder are not followed.
func TestLinksOut(t *testing.T) {
	for name, at := range map[string]string{"kind": "lab/user", "profile": "lab"} {
		t.Run(name, func(t *testing.T) {
			dir, outside := t.TempDir(), t.TempDir()
			writeFile(t, filepath.Join(outside, "5"), "mallory")
			writeFile(t, filepath.Join(outside, "user", "5"), "mallory")
			link(t, outside, filepath.Join(dir, at))
			d, notices := openDisk(t, dir)
			if name, _, ok := d.Read(User, 5); ok {
				t.Errorf("read %q from outside", name)
			}
			d.Write(User, 6, "alice", time.Now())
			if _, err := d.Clear(User); err == nil {
				t.Error("cleared a folder outside")
			}
			for _, file := range []string{"6", "user/6"} {
				if _, err := os.Lstat(filepath.Join(outside, file)); err == nil {
					t.Errorf("wrote %s outside", file)
				}
			}
			wantFile(t, filepath.Join(outside, "5"), "mallory")
			wantFile(t, filepath.Join(outside, "user", "5"), "mallory")
			if len(notices()) != 1 || d.Stats().Failures == 0 {
				t.Errorf("notices %v, stats %+v; want one notice and a count", notices(), d.Stats())
			}
		})
	}
}

// TestBrokenDisk checks that names come from the hub, with one notice, if nothing can be
// written. It does not rely on permissions, because tests may run as root.
func TestBrokenDisk(t *testing.T) {
	for name, prepare := range map[string]func(t *testing.T, dir string) string{
		"a file in place of the folder": func(t *testing.T, dir string) string {
			writeFile(t, filepath.Join(dir, "cache"), "x")
			return filepath.Join(dir, "cache")
		},
		"below a file": func(t *testing.T, dir string) string {
			writeFile(t, filepath.Join(dir, "cache"), "x")
			return filepath.Join(dir, "cache", "kojiwatch")
		},
		"no file may be made": func(*testing.T, string) string { return "/proc/self/kojiwatch" },
		"full": func(t *testing.T, dir string) string {
			mountTiny(t, dir)
			return dir
		},
	} {
		t.Run(name, func(t *testing.T) {
			hub := newFakeHub()
			for id := range int64(300) {
				hub.set(User, id+1, strings.Repeat("n", 200)+fmt.Sprint(id+1))
			}
			var mu sync.Mutex
			var notices []error
			c := open(t, Options{Source: hub, Dir: prepare(t, t.TempDir()), Notify: func(err error) {
				mu.Lock()
				defer mu.Unlock()
				notices = append(notices, err)
			}})
			for id := range int64(300) {
				wantName(t, c, User, id+1, strings.Repeat("n", 200)+fmt.Sprint(id+1))
			}
			c.Close()
			mu.Lock()
			defer mu.Unlock()
			if len(notices) != 1 || notices[0] == nil {
				t.Errorf("got notices %v, want one", notices)
			}
			if c.Stats().Disk.Failures == 0 {
				t.Error("nothing is counted")
			}
		})
	}
}

// mountTiny mounts a file system that holds only a few files. Without the permission to
// mount, the test uses a file system that is always full.
func mountTiny(t *testing.T, dir string) {
	t.Helper()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=64k,nr_inodes=64"); err != nil {
		link(t, "/dev/full", filepath.Join(dir, "lab"))
		return
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
}

func TestDiskRecovers(t *testing.T) {
	dir := t.TempDir()
	d, notices := openDisk(t, dir)
	d.Write(User, 5, "alice", time.Now())
	if err := os.RemoveAll(filepath.Join(dir, "lab")); err != nil {
		t.Fatal(err)
	}
	d.Write(User, 5, "alice", time.Now()) // notices the failure
	d.Write(User, 5, "alice", time.Now())
	wantFile(t, filepath.Join(dir, "lab", "user", "5"), "alice")
	if got := notices(); len(got) > 1 {
		t.Errorf("notices %v, want at most one", got)
	}
}

func TestWriteOnlyChanges(t *testing.T) {
	dir := t.TempDir()
	d, _ := openDisk(t, dir)
	now := time.Now().Truncate(time.Microsecond)
	file := filepath.Join(dir, "lab", "user", "5")
	for _, step := range []struct {
		what  string
		name  string
		at    time.Time
		holds string
		asOf  time.Time
	}{
		{"a first name", "alice", now.Add(-10 * time.Hour), "alice", now.Add(-10 * time.Hour)},
		{"hardly younger", "alice", now.Add(-10*time.Hour + time.Second), "alice", now.Add(-10 * time.Hour)},
		{"confirmed", "alice", now.Add(-time.Hour), "alice", now.Add(-time.Hour)},
		{"older news", "old-alice", now.Add(-2 * time.Hour), "alice", now.Add(-time.Hour)},
		{"renamed", "new-alice", now, "new-alice", now},
	} {
		d.Write(User, 5, step.name, step.at)
		wantFile(t, file, step.holds)
		if _, asOf, _ := d.Read(User, 5); !asOf.Equal(step.asOf) {
			t.Errorf("%s: confirmed at %s, want %s", step.what, asOf, step.asOf)
		}
	}
	if got := d.Stats().Writes; got != 3 {
		t.Errorf("%d writes, want 3", got)
	}
}

func TestFileFromTheFuture(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "lab", "user", "5")
	writeFile(t, file, "alice")
	future := time.Now().Add(1000 * time.Hour)
	if err := os.Chtimes(file, future, future); err != nil {
		t.Fatal(err)
	}
	d, _ := openDisk(t, dir)
	if _, asOf, ok := d.Read(User, 5); !ok || asOf.After(time.Now()) {
		t.Fatalf("confirmed at %s, %v", asOf, ok)
	}
}

func TestAbandonedDrafts(t *testing.T) {
	dir := t.TempDir()
	old, young := filepath.Join(dir, "lab", newFolder, "a"), filepath.Join(dir, "lab", newFolder, "b")
	writeFile(t, old, "half")
	writeFile(t, young, "half")
	past := time.Now().Add(-time.Hour)
	if err := os.Chtimes(old, past, past); err != nil {
		t.Fatal(err)
	}
	openDisk(t, dir)
	if _, err := os.Stat(old); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("an abandoned file stays: %v", err)
	}
	wantFile(t, young, "half")
}

func TestListAndClear(t *testing.T) {
	dir := t.TempDir()
	d, _ := openDisk(t, dir)
	if entries, err := d.List(User); err != nil || len(entries) != 0 {
		t.Fatalf("no folder: got %v, %v", entries, err)
	}
	now := time.Now()
	d.Write(User, 10, "bob", now)
	d.Write(User, 9, "alice", now)
	d.Write(Tag, 9, "f44", now)
	writeFile(t, filepath.Join(dir, "lab", "user", "README"), "mine")
	writeFile(t, filepath.Join(dir, "lab", "user", "007"), "bond")
	writeFile(t, filepath.Join(dir, "lab", "user", "11"), "")
	entries, err := d.List(User)
	if err != nil || len(entries) != 2 || entries[0].Name != "alice" || entries[1].ID != 10 {
		t.Fatalf("got %v, %v", entries, err)
	}
	if n, err := d.Clear(User); err != nil || n != 3 {
		t.Fatalf("cleared %d, %v; want 3", n, err)
	}
	wantFile(t, filepath.Join(dir, "lab", "user", "README"), "mine")
	wantFile(t, filepath.Join(dir, "lab", "tag", "9"), "f44")
	if n, err := d.Clear(Tag); err != nil || n != 1 {
		t.Fatalf("cleared %d, %v; want 1", n, err)
	}
}

func TestFolderOf(t *testing.T) {
	for profile, want := range map[string]string{
		"fedora": "fedora", "stg-koji": "stg-koji", "a.b:8080": "a.b:8080", "déjà vu": "déjà vu",
		"..": "%2E.", ".": "%2E", "../../etc": "%2E.%2F..%2Fetc", "/etc": "%2Fetc", ".drafts": "%2Edrafts",
		"a%2Fb": "a%252Fb", "nul\x00": "nul%00", `back\slash`: "back%5Cslash",
	} {
		if got, err := folderOf(profile); err != nil || got != want {
			t.Errorf("%q: got %q, %v; want %q", profile, got, err, want)
		}
	}
	for _, profile := range []string{"", strings.Repeat("x", 256), strings.Repeat("/", 100)} {
		if got, err := folderOf(profile); err == nil {
			t.Errorf("%.20q: got %q, want an error", profile, got)
		}
		if _, err := New(Options{Dir: t.TempDir(), Profile: profile}); err == nil {
			t.Errorf("%.20q: a cache takes it", profile)
		}
	}
}

func FuzzFolderOf(f *testing.F) {
	for _, profile := range []string{"fedora", "..", "a/b", "%", ".\x00"} {
		f.Add(profile)
	}
	f.Fuzz(func(t *testing.T, profile string) {
		folder, err := folderOf(profile)
		if err != nil {
			return
		}
		if folder == "" || folder == "." || folder == ".." || strings.ContainsAny(folder, "/\x00") || !filepath.IsLocal(folder) {
			t.Errorf("%q leads to %q", profile, folder)
		}
		if len(folder) > maxFolder {
			t.Errorf("%d bytes", len(folder))
		}
	})
}

func FuzzReadName(f *testing.F) {
	for _, text := range []string{"alice", "alice\n", "", "\xff", strings.Repeat("x", maxName+2)} {
		f.Add([]byte(text))
	}
	dir := f.TempDir()
	d, err := OpenDisk(dir, "lab", nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(d.Close)
	file := filepath.Join(dir, "lab", "user", "5")
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(file, text, 0o644); err != nil {
			t.Fatal(err)
		}
		name, _, ok := d.Read(User, 5)
		want := strings.TrimSuffix(string(text), "\n")
		if ok != isName(want) || ok && name != want {
			t.Errorf("%q: got %q, %v", text, name, ok)
		}
	})
}
