package profile

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

const sites = `
[koji]
weburl = https://koji.example.com/koji
topurl = https://kojipkgs.example.com
[stg]
weburl = https://koji.example.com/koji-stg/
[deep]
weburl = http://koji.example.com/koji/deep/er
[port]
weburl = https://koji.example.com:8443/koji
[root]
weburl = http://root.example.com
pkgurl = http://files.example.com/old/packages
[shared]
weburl = https://Shared.Example.com./koji
topurl = https://shared.example.com/kojifiles
[six]
weburl = http://[2001:db8::1]/koji
[twin1]
weburl = https://twin.example.com/koji
[twin2]
weburl = http://twin.example.com/koji
[both]
weburl = https://both.example.com/
topurl = https://both.example.com
[escaped]
weburl = https://esc.example.com/a%%20b
[broken]
weburl = %(nothing)s
topurl = https://broken.example.com/files
[mailto]
weburl = mailto:koji@example.com
`

func TestByWebURL(t *testing.T) {
	s := setOf(t, sites)
	for _, c := range []struct{ name, url, want string }{
		{"page", "https://koji.example.com/koji/taskinfo?taskID=1", "koji"},
		{"root page", "https://koji.example.com/koji", "koji"},
		{"trailing slash", "https://koji.example.com/koji/", "koji"},
		{"query at the root", "https://koji.example.com/koji?x=1#top", "koji"},
		{"other scheme", "http://koji.example.com/koji/buildinfo?buildID=1", "koji"},
		{"port of the scheme", "https://koji.example.com:443/koji/", "koji"},
		{"port of the other scheme", "http://koji.example.com:80/koji/", "koji"},
		{"upper case", "HTTPS://KOJI.EXAMPLE.COM/koji/", "koji"},
		{"final dot", "https://koji.example.com./koji/", "koji"},
		{"blanks around", " https://koji.example.com/koji/\n", "koji"},
		{"doubled slashes", "https://koji.example.com//koji//taskinfo", "koji"},
		{"escaped letters", "https://koji.example.com/%6boji/taskinfo", "koji"},
		{"dot segments", "https://koji.example.com/other/../koji/./taskinfo", "koji"},
		{"user in the URL", "https://me:hunter2@koji.example.com/koji/", "koji"},
		{"a longer name is another segment", "https://koji.example.com/koji-stg/taskinfo", "stg"},
		{"longest match", "https://koji.example.com/koji/deep/er/taskinfo", "deep"},
		{"short of the longest", "https://koji.example.com/koji/deep/taskinfo", "koji"},
		{"other port", "https://koji.example.com:8443/koji/", "port"},
		{"topurl", "https://kojipkgs.example.com/packages/zsh/5.9/1.fc44/src/zsh.src.rpm", "koji"},
		{"topurl of the same host", "https://shared.example.com/kojifiles/work/tasks/1/1", "shared"},
		{"weburl of the same host", "https://shared.example.com/koji/taskinfo", "shared"},
		{"topurl by pkgurl", "http://files.example.com/old/packages/zsh", "root"},
		{"whole host", "http://root.example.com/taskinfo?taskID=1", "root"},
		{"IPv6", "http://[2001:DB8::1]/koji/", "six"},
		{"weburl and topurl alike", "https://both.example.com/x", "both"},
		{"escapes in weburl", "https://esc.example.com/a%20b/taskinfo", "escaped"},
		{"default weburl", "http://localhost/koji/taskinfo", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := s.ByWebURL(c.url)
			if c.want == "" {
				if !errors.Is(err, ErrNoMatch) {
					t.Errorf("got %v, %v", p.Name, err)
				}
				return
			}
			if err != nil || p.Name != c.want {
				t.Errorf("got %q, %v; want %q", p.Name, err, c.want)
			}
		})
	}
}

func TestByWebURLMistakes(t *testing.T) {
	s := setOf(t, sites)
	for _, c := range []struct {
		name, url string
		is        error
		want      string
	}{
		{"no such host", "https://other.example.com/koji", ErrNoMatch, `"other.example.com/koji"`},
		{"part of a segment", "https://koji.example.com/ko", ErrNoMatch, "name one of"},
		{"left by dots", "https://koji.example.com/koji/../other", ErrNoMatch, "name one of"},
		{"left by escaped dots", "https://koji.example.com/koji/%2e%2e/other", ErrNoMatch, "name one of"},
		{"case of the path", "https://koji.example.com/Koji/", ErrNoMatch, "name one of"},
		{"port of the wrong scheme", "https://koji.example.com:80/koji/", ErrNoMatch, `"koji.example.com:80/koji"`},
		{"host in the user", "https://koji.example.com@evil.example.com/koji/", ErrNoMatch, `"evil.example.com/koji"`},
		{"unusable profiles are named", "https://other.example.com/", ErrNoMatch, `cannot be used in "broken", "mailto"`},
		{"twins", "https://twin.example.com/koji/taskinfo", ErrAmbiguous, `"twin1", "twin2"; name the one to use`},
		{"found but broken", "https://broken.example.com/files/x", nil, "etc/koji.conf:29: option \"weburl\" refers to"},
		{"no scheme", "koji.example.com/koji", nil, "http:// or https://"},
		{"other scheme", "ftp://koji.example.com/koji", nil, "http:// or https://"},
		{"no host", "https:///koji", nil, "http:// or https://"},
		{"no URL", "https://koji.example.com:port/koji", nil, "not a URL"},
		{"control characters", "https://koji.example.com/\x1b[31m", nil, "not a URL"},
		{"empty", "", nil, "http:// or https://"},
		{"too long", "https://koji.example.com/" + strings.Repeat("x", maxURLBytes), nil, "longer than 16384 bytes"},
		{"secret in a bad URL", "https://me:hunter2@koji.example.com:port/", nil, "not a URL"},
		{"secret in an unknown URL", "https://me:hunter2@other.example.com/?token=hunter2", ErrNoMatch, "other"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := s.ByWebURL(c.url)
			if err == nil || !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("want an error with %q, got: %v", c.want, err)
			}
			if err != nil && strings.Contains(err.Error(), "hunter") {
				t.Errorf("the error gives away a password: %v", err)
			}
		})
	}
}

func TestByWebURLWithoutProfiles(t *testing.T) {
	_, err := mustLoad(t, hermetic(t.TempDir())).ByWebURL("https://koji.example.com/koji")
	if !errors.Is(err, ErrNoMatch) || !strings.Contains(err.Error(), "no profiles at all") {
		t.Errorf("got %v", err)
	}
}

func TestByWebURLAppliesTheDefault(t *testing.T) {
	p, err := setOf(t, "[mine]\n").ByWebURL("http://localhost/koji/taskinfo?taskID=1")
	if err != nil || p.Name != "mine" {
		t.Errorf("got %q, %v", p.Name, err)
	}
}

// TestLongestMatchWins checks that ByWebURL returns the profile with the longest prefix
// of a path.
func TestLongestMatchWins(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		path := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "ab"}), 1, 5).Draw(t, "path")
		present := rapid.SliceOfDistinct(rapid.IntRange(0, len(path)), rapid.ID).Draw(t, "present")
		s := &Set{doc: document{}}
		want := ""
		for n := range len(path) + 1 {
			for _, p := range present {
				if p == n {
					want = strings.Repeat("n", n+1)
					s.doc[want] = map[string]entry{"weburl": {raw: "http://h/" + strings.Join(path[:n], "/")}}
				}
			}
		}
		p, err := s.ByWebURL("https://h/" + strings.Join(path, "/"))
		if want == "" {
			if !errors.Is(err, ErrNoMatch) {
				t.Fatalf("got %q, %v", p.Name, err)
			}
			return
		}
		if err != nil || p.Name != want {
			t.Fatalf("got %q, %v; want %q", p.Name, err, want)
		}
	})
}
