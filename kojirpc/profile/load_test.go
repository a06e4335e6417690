package profile

import (
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// write creates files in a directory; a name that ends in / is a directory.
func write(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, name)
		parent := filepath.Dir(path)
		if strings.HasSuffix(name, "/") {
			parent = path
		}
		if err := os.MkdirAll(parent, 0o755); err != nil {
			t.Fatal(err)
		}
		if parent == path {
			continue
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

func symlink(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Fatal(err)
	}
}

// hermetic returns options with the system files in dir and the home in dir/home.
func hermetic(dir string) Options {
	return Options{Root: dir, Home: filepath.Join(dir, "home"), LookupEnv: noEnv}
}

func mustLoad(t *testing.T, o Options) *Set {
	t.Helper()
	s, err := Load(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func mustProfile(t *testing.T, s *Set, name string) Profile {
	t.Helper()
	p, err := s.Profile(name)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestLoadReadsInOrder(t *testing.T) {
	t.Chdir("testdata/trees/order")
	s := mustLoad(t, Options{Root: ".", Home: "home", LookupEnv: noEnv})
	want := []string{
		"etc/koji.conf.d/.hidden.conf", "etc/koji.conf.d/10-first.conf", "etc/koji.conf.d/9-second.conf",
		"etc/koji.conf", "home/.koji/config.d/a.conf", "home/.koji/config.d/b.conf", "home/.koji/config",
	}
	if got := s.Files(); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	p := mustProfile(t, s, "koji")
	for key, want := range map[string]string{
		"server":    "etc/koji.conf.d/10-first.conf:2",
		"weburl":    "etc/koji.conf.d/9-second.conf:2",
		"topurl":    "etc/koji.conf:2",
		"topdir":    "home/.koji/config.d/a.conf:2",
		"principal": "home/.koji/config.d/b.conf:2",
		"keytab":    "home/.koji/config:2",
		"timeout":   "",
		"no_such":   "",
	} {
		if got := p.Source(key).String(); got != want {
			t.Errorf("source of %s: got %q, want %q", key, got, want)
		}
	}
}

func TestLoadFindsHome(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{
		"a/.koji/config": "[koji]\nserver = option\n",
		"b/.koji/config": "[koji]\nserver = variable\n",
	})
	env := func(name string) (string, bool) { return filepath.Join(dir, "b"), name == "HOME" }
	for want, home := range map[string]string{"option": filepath.Join(dir, "a"), "variable": ""} {
		s := mustLoad(t, Options{Root: dir, Home: home, LookupEnv: env})
		if got := mustProfile(t, s, "").Server; got != want {
			t.Errorf("home %q: got server %q, want %q", home, got, want)
		}
	}
}

// TestZeroOptions checks the default places, which the hermetic tests do not use.
func TestZeroOptions(t *testing.T) {
	t.Setenv("KOJI_PROFILE", "from-the-environment")
	t.Setenv("HOME", "/home/someone")
	want := []place{
		{"/etc/koji.conf.d", false}, {"/etc/koji.conf", false},
		{"/home/someone/.koji/config.d", false}, {"/home/someone/.koji/config", false},
	}
	if got := places(Options{}, findHome(Options{})); !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if name, from := defaultName(Options{}); name != "from-the-environment" || from != "KOJI_PROFILE" {
		t.Errorf("got %q from %q", name, from)
	}
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	if got := findHome(Options{LookupEnv: noEnv}); got != (home{me.HomeDir, true}) {
		t.Errorf("without HOME: got %+v, want %s", got, me.HomeDir)
	}
}

func TestHomeExpand(t *testing.T) {
	me, err := user.Current()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, path, want string
		home             home
	}{
		{"no tilde", "/a/~/b", "/a/~/b", home{"/h", true}},
		{"alone", "~", "/h", home{"/h", true}},
		{"with a path", "~/x", "/h/x", home{"/h/", true}},
		{"home is the root", "~/x", "/x", home{"/", true}},
		{"root alone", "~", "/", home{"/", true}},
		{"empty home", "~/x", "/x", home{"", true}},
		{"no home", "~/x", "~/x", home{}},
		{"a user", "~" + me.Username + "/x", strings.TrimRight(me.HomeDir, "/") + "/x", home{}},
		{"no such user", "~no-such-user-here/x", "~no-such-user-here/x", home{"/h", true}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := c.home.expand(c.path); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestLoadWithoutFiles(t *testing.T) {
	dir := t.TempDir()
	s := mustLoad(t, hermetic(dir))
	if names := s.Names(); len(names) != 0 {
		t.Errorf("names %q", names)
	}
	_, err := s.Profile("koji")
	if !errors.Is(err, ErrNoProfile) || !strings.Contains(err.Error(), filepath.Join(dir, "etc/koji.conf.d")) ||
		!strings.Contains(err.Error(), filepath.Join(dir, "home/.koji/config")) {
		t.Errorf("the error does not name the places: %v", err)
	}
}

func TestLoadSkipsUnreadableFiles(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"etc/koji.conf": "[koji]\n", "etc/koji.conf.d/": ""})
	unreadable := filepath.Join(dir, "etc/koji.conf.d/a.conf")
	symlink(t, "/proc/self/mem", unreadable) // opens as a regular file, then fails for root too
	symlink(t, "nowhere", filepath.Join(dir, "etc/koji.conf.d/b.conf"))

	s := mustLoad(t, hermetic(dir))
	skipped := s.Skipped()
	var e *Error
	if len(skipped) != 1 || !errors.As(skipped[0], &e) || e.At.File != unreadable {
		t.Errorf("skipped %v", skipped)
	}
	if _, err := s.Profile("other"); err == nil || !strings.Contains(err.Error(), unreadable) {
		t.Errorf("the error for a missing profile hides what was not read: %v", err)
	}

	o := hermetic(dir)
	o.Config = unreadable
	if _, err := Load(o); !errors.As(err, &e) || e.At.File != unreadable {
		t.Errorf("a configuration that was asked for cannot be read, but: %v", err)
	}
}

func TestLoadConfigMistakes(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, map[string]string{"empty/": "", "odd/sub.conf/": "", "home/mine.conf": "[mine]\n"})
	symlink(t, "nowhere", filepath.Join(dir, "broken.conf"))
	for name, want := range map[string]string{
		"absent":      "no such file",
		"empty":       "no *.conf file",
		"odd":         "sub.conf: the file cannot be opened: it is not a regular file",
		"broken.conf": "no such file",
		"a\x1b[31m":   `a\x1b[31m"`,
	} {
		o := hermetic(dir)
		o.Config = filepath.Join(dir, name)
		if _, err := Load(o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: want an error with %q, got: %v", name, want, err)
		}
	}
	o := hermetic(dir)
	o.Config = "~/mine.conf"
	mustProfile(t, mustLoad(t, o), "mine")
}
