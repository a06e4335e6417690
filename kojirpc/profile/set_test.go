package profile

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// setOf parses a text into a Set.
func setOf(t *testing.T, text string) *Set {
	t.Helper()
	dir := t.TempDir()
	write(t, dir, map[string]string{"etc/koji.conf": text})
	return mustLoad(t, hermetic(dir))
}

func TestNames(t *testing.T) {
	s := setOf(t, "[DEFAULT]\na = 1\n[stg]\n[koji]\n[Koji]\n")
	if got, want := s.Names(), []string{"Koji", "koji", "stg"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestDefaultName(t *testing.T) {
	for _, c := range []struct{ name, set, value, want string }{
		{"no variable", "", "", "koji"},
		{"empty variable", "KOJI_PROFILE", "", "koji"},
		{"variable", "KOJI_PROFILE", "stg", "stg"},
		{"another variable", "OTHER", "stg", "koji"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			write(t, dir, map[string]string{"etc/koji.conf": "[koji]\n[stg]\n[explicit]\n"})
			o := hermetic(dir)
			o.LookupEnv = func(name string) (string, bool) { return c.value, name == c.set }
			s := mustLoad(t, o)
			if got := mustProfile(t, s, "").Name; got != c.want || s.DefaultName() != c.want {
				t.Errorf("got %q and %q, want %q", got, s.DefaultName(), c.want)
			}
			if got := mustProfile(t, s, "explicit").Name; got != "explicit" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestMissingProfile(t *testing.T) {
	var many strings.Builder
	for i := range 13 {
		fmt.Fprintf(&many, "[p%02d]\n", i)
	}
	for _, c := range []struct{ name, text, ask, want string }{
		{"names the existing profiles", "[koji]\n[stg]\n", "prod", `profile "prod": no such profile; name one of "koji", "stg", or add`},
		{"shortens the list", many.String(), "x", `"p09" and 3 more`},
		{"shortens a name", "[" + strings.Repeat("n", 100) + "]\n", "x", strings.Repeat("n", maxShownRunes) + `…"`},
		{"escapes a name", "[a\x1b[31m]\n", "b\x1b[31m", `profile "b\x1b[31m": no such profile; name one of "a\x1b[31m"`},
		{"DEFAULT is not a profile", "[DEFAULT]\n[koji]\n", "DEFAULT", `profile "DEFAULT": no such profile`},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := setOf(t, c.text).Profile(c.ask)
			if !errors.Is(err, ErrNoProfile) || !strings.Contains(err.Error(), c.want) {
				t.Errorf("want an error with %q, got: %v", c.want, err)
			}
		})
	}
}

func TestMissingProfileOfTheEnvironment(t *testing.T) {
	o := hermetic(t.TempDir())
	o.LookupEnv = func(string) (string, bool) { return "prod", true }
	_, err := mustLoad(t, o).Profile("")
	if err == nil || !strings.Contains(err.Error(), `"prod" (named by the environment variable KOJI_PROFILE)`) {
		t.Errorf("the error does not say who named the profile: %v", err)
	}
}

func TestMistakesOfOtherProfilesDoNotMatter(t *testing.T) {
	s := setOf(t, "[koji]\nserver = good\n[bad]\nserver = %(nothing)s\ntimeout = soon\n")
	if got := mustProfile(t, s, "koji").Server; got != "good" {
		t.Errorf("got %q", got)
	}
	if _, err := s.Profile("bad"); err == nil {
		t.Error("the bad profile is read")
	}
}

func TestPrintingKeepsSecrets(t *testing.T) {
	s := setOf(t, "[DEFAULT]\ntoken = hunter2\n[koji]\npassword = hunter2\n")
	p := mustProfile(t, s, "koji")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if got := fmt.Sprintf(verb, s) + fmt.Sprintf(verb, p); strings.Contains(got, "hunter2") {
			t.Errorf("%s gives %s", verb, got)
		}
	}
}

func TestProfileWarnings(t *testing.T) {
	s := setOf(t, "[koji]\nserver = x\n[loud]\nno_ssl_verify = False\npkgurl = http://x/packages\nkrb_rdns = no\nca = y\n"+
		"[quiet]\nno_ssl_verify =\nprincipal = rosa@EXAMPLE.ORG\ntopdir = //mnt/my koji\nserver = http://x//kojihub\ncert = a//b;c#d\n"+
		"[blog]\nserver = http://x/kojihub  // here\nweburl = http://x/koji # here\ntopurl = http://x/two words\n"+
		"topdir = /mnt/koji\t// here\nauthtype = ; none\nprincipal = rosa@EXAMPLE.ORG //here\nkeytab = // none\n"+
		"[long]\nserver = http://x/kojihub\n  // here\n")
	for name, want := range map[string][]string{
		"koji":  nil,
		"quiet": nil,
		"loud":  {"etc/koji.conf:4: no_ssl_verify", "etc/koji.conf:5: pkgurl", "etc/koji.conf:6: krb_rdns", "etc/koji.conf:7: ca"},
		"blog": {
			"etc/koji.conf:19: authtype", "etc/koji.conf:21: keytab", "etc/koji.conf:20: principal",
			"etc/koji.conf:15: server", "etc/koji.conf:18: topdir", "etc/koji.conf:17: topurl contains white space,", "etc/koji.conf:16: weburl",
		},
		"long": {"etc/koji.conf:23: server"},
	} {
		got := mustProfile(t, s, name).Warnings()
		match := func(line, part string) bool { return strings.Contains(line, part+" ") }
		if !slices.EqualFunc(got, want, match) {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

func TestExpandsLikeTheCommandLineClient(t *testing.T) {
	s := setOf(t, "[koji]\ntopdir = ~/mnt\n[top]\ntopurl = http://top\npkgurl = http://x/packages\n"+
		"[pkg]\npkgurl = http://x/packages\n[slash]\npkgurl = http://x/packages/\n[else]\npkgurl = http://x/rpms\n")
	if got, want := mustProfile(t, s, "koji").TopDir, s.home.dir+"/mnt"; got != want {
		t.Errorf("topdir is %q, want %q", got, want)
	}
	for name, want := range map[string]string{"top": "http://top", "pkg": "http://x", "slash": "http://x", "else": ""} {
		if got := mustProfile(t, s, name).TopURL; got != want {
			t.Errorf("%s: topurl is %q, want %q", name, got, want)
		}
	}
}

func TestSeconds(t *testing.T) {
	p := mustProfile(t, setOf(t, "[koji]\ntimeout = 90\n"), "koji")
	if p.Timeout != 90*time.Second || p.AuthTimeout != time.Minute {
		t.Errorf("got %v and %v", p.Timeout, p.AuthTimeout)
	}
}

// TestLastReadWins checks that each key has the value of the last file that sets it.
func TestLastReadWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"koji", "stg", defaultSection})
		key := rapid.SampledFrom([]string{"server", "weburl", "topurl"})
		layers := rapid.SliceOfN(rapid.MapOf(name, rapid.MapOf(key, rapid.StringN(0, 3, -1))), 1, 5).Draw(t, "layers")
		merged := document{}
		want := map[string]map[string]string{}
		for i, layer := range layers {
			doc := document{}
			for section, options := range layer {
				doc[section] = map[string]entry{}
				for key, value := range options {
					doc[section][key] = entry{raw: value, at: Position{Line: i + 1}}
				}
				if want[section] == nil {
					want[section] = map[string]string{}
				}
				maps.Copy(want[section], options)
			}
			merged.merge(doc)
		}
		if len(merged) != len(want) {
			t.Fatalf("%d sections, want %d", len(merged), len(want))
		}
		for section, options := range want {
			if len(merged[section]) != len(options) {
				t.Fatalf("%s: %d keys, want %d", section, len(merged[section]), len(options))
			}
			for key, value := range options {
				if got := merged[section][key].raw; got != value {
					t.Fatalf("%s %s: got %q, want %q", section, key, got, value)
				}
			}
		}
	})
}

func TestSetIsSafeForConcurrentUse(t *testing.T) {
	s := setOf(t, "[DEFAULT]\nhost = x\n[koji]\nserver = %(host)s%(host)s\nweburl = http://%(host)s/koji\n")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				p, err := s.ByWebURL("http://x/koji")
				if err != nil || p.Server != "xx" {
					t.Errorf("got %+v, %v", p, err)
				}
			}
		})
	}
	wg.Wait()
}
