package taskrequest

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/koji"
)

func TestSourcePackage(t *testing.T) {
	for source, want := range map[string]string{
		"git+https://src.example.org/rpms/zsh#0a1b":                 "zsh",
		"git+https://src.example.org/rpms/zsh.git#0a1b":             "zsh",
		"git+https://src.example.org/rpms/zsh.git/#0a1b":            "zsh",
		"git+https://src.example.org/rpms/zsh//":                    "zsh",
		"git+ssh://pkgs.example.org/rpms/libsigc++20?#79a2":         "libsigc++20",
		"git://src.example.org/rpms/texlive.base.git?#main":         "texlive.base",
		"git://src.example.org/specs.git?zsh#main":                  "zsh",
		"git://src.example.org/specs.git?shells/zsh/#main":          "zsh",
		"git://src.example.org/rpms/kernel.git?subdir#main":         "kernel",
		"git://src.example.org/rpms/kernel.git?rpm#main":            "kernel",
		"git://src.example.org/rpms/kernel.git?SPECS#main":          "kernel",
		"svn+ssh://svn.example.org/repo?golang-x-net/trunk#1234":    "golang-x-net",
		"svn://svn.example.org/repo?golang-x-net/branches/el10#12":  "golang-x-net",
		"svn://svn.example.org/repo?golang-x-net/tags/v1.2/#12":     "golang-x-net",
		"svn://svn.example.org/repo/golang-x-net?trunk#12":          "golang-x-net",
		"svn://svn.example.org/repo/golang-x-net/trunk#12":          "golang-x-net",
		"svn+https://svn.example.org/repo/zsh/branches/el10/#12":    "zsh",
		"svn://svn.example.org/repo/trunk/zsh#12":                   "zsh",
		"git://src.example.org/rpms/trunk#12":                       "trunk",
		"cvs://cvs.example.org/cvs/pkgs?rpms/zsh/devel#zsh-5_0":     "zsh",
		"cvs://cvs.example.org/cvs/pkgs?zsh#zsh-5_0":                "zsh",
		"https://src.example.org/containers/rhceph.git#0a1b":        "rhceph",
		"https://src.example.org/cgit/zsh.git?h=main#0a1b":          "zsh",
		"git+ssh://git@host.example.org:rpms/zsh.git":               "zsh",
		"git@host.example.org:zsh.git":                              "zsh",
		"git://src.example.org/rpms/zsh#feature/x?y":                "zsh",
		"git://src.example.org":                                     "",
		"git://src.example.org/":                                    "",
		"git://src.example.org/.git":                                "",
		"cli-build/1702340.5.aB/389-ds-base-14.13-43.3.f44.src.rpm": "389-ds-base",
		"cli-build/1702340.5.aB/kmod-1-1.nosrc.rpm":                 "kmod",
		"cli-build/1702340.5.aB/broken.src.rpm":                     "",
		"":                                                          "",
		"#":                                                         "",
		"?":                                                         "",
		"://":                                                       "",
	} {
		if got := sourcePackage(source); got != want {
			t.Errorf("package of %q is %q, want %q", source, got, want)
		}
	}
}

func TestCleanSource(t *testing.T) {
	for source, want := range map[string]string{
		// Nothing to remove.
		"git+https://src.example.org/rpms/zsh.git?sub/dir#0a1b":  "git+https://src.example.org/rpms/zsh.git?sub/dir#0a1b",
		"git://src.example.org:9418/rpms/zsh":                    "git://src.example.org:9418/rpms/zsh",
		"https://src.example.org/@scope/zsh#v1@2":                "https://src.example.org/@scope/zsh#v1@2",
		"svn://svn.example.org/zsh/trunk@123#123":                "svn://svn.example.org/zsh/trunk@123#123",
		"cli-build/1.2.aB/zsh-5-1.src.rpm":                       "cli-build/1.2.aB/zsh-5-1.src.rpm",
		"cli-build/1.2.aB/z@sh-5-1.src.rpm":                      "cli-build/1.2.aB/z@sh-5-1.src.rpm",
		"https://src.example.org/cgit/zsh.git?h=main":            "https://src.example.org/cgit/zsh.git?h=main",
		"git+https://src.example.org/rpms/python-requests-oauth": "git+https://src.example.org/rpms/python-requests-oauth",
		"zsh-5-1": "zsh-5-1",
		"":        "",
		// Users, passwords, tokens.
		"git+https://rosa:s3cret@src.example.org/rpms/zsh#0a1b":   "git+https://src.example.org/rpms/zsh#0a1b",
		"git+ssh://rosa@src.example.org/rpms/zsh":                 "git+ssh://src.example.org/rpms/zsh",
		"https://ghp_s3cret@src.example.org/zsh":                  "https://src.example.org/zsh",
		"https://:s3cret@src.example.org/zsh":                     "https://src.example.org/zsh",
		"  https://rosa:s3cret@src.example.org/zsh\n":             "https://src.example.org/zsh",
		"https://src.example.org/zsh?private_token=s3cret#main":   "https://src.example.org/zsh#main",
		"https://src.example.org/zsh?h=main&access_Token=s3cret":  "https://src.example.org/zsh",
		"https://rosa:s3cret@src.example.org/zsh?passwd=s3cret#1": "https://src.example.org/zsh#1",
		// Broken ones.
		"https://rosa:s3c@ret@src.example.org/zsh":        "https://src.example.org/zsh",
		"https://rosa:s3c/ret@src.example.org/zsh":        "https://src.example.org/zsh",
		"https://rosa:s3c#ret@src.example.org/zsh":        "https://src.example.org/zsh",
		"https://rosa:s3c?ret@src.example.org/zsh":        "https://src.example.org/zsh",
		"https://rosa:12/s3cret@src.example.org/zsh":      "https://src.example.org/zsh",
		"https://rosa:s3c@re/t@src.example.org/zsh":       "https://src.example.org/zsh",
		"https://s3cr/et==@src.example.org/zsh":           "https://src.example.org/zsh",
		"https://a.example/https://r:s3cret@b.example/z":  "https://b.example/z",
		"rosa:s3cret@src.example.org/zsh":                 "src.example.org/zsh",
		"https:/rosa:s3cret@src.example.org/zsh":          "src.example.org/zsh",
		"https:rosa:s3cret@src.example.org/zsh":           "src.example.org/zsh",
		"//rosa:s3cret@src.example.org/zsh":               "src.example.org/zsh",
		"rosa:s3@cret://x@src.example.org/zsh":            "src.example.org/zsh",
		"git@src.example.org:rpms/zsh":                    "src.example.org:rpms/zsh",
		"https://rosa:s3cret@":                            "https://",
		"https://rosa:s3cret%40x@src.example.org":         "https://src.example.org",
		"http\u200bs://rosa:s3cret@src.example.org":       "src.example.org",
		"https://r:s3cret@[2001:db8::1]:8443/rpms/zsh#x@": "https://",
	} {
		if got := koji.CleanSource(source); got != want {
			t.Errorf("CleanSource(%q) = %q, want %q", source, got, want)
		}
	}
}

func TestCleanSourceNeverLeaks(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		junk := rapid.StringOf(rapid.RuneFrom([]rune("abz09:/?#@%.=&+~ \t\\ěš")))
		const secret = "hunter2"
		password := junk.Draw(t, "before") + secret + junk.Draw(t, "after")
		source := rapid.SampledFrom([]string{"git+https://", "https://", "svn+ssh://", "://", "", "https:/"}).Draw(t, "scheme") +
			rapid.SampledFrom([]string{"rosa:", ":", "r.o-s_a:"}).Draw(t, "user") + password +
			"@src.example.org" + rapid.SampledFrom([]string{"", ":22", "/rpms/zsh", "/rpms/zsh?mod#rev", "/@a/b#c@d"}).Draw(t, "rest")
		if got := koji.CleanSource(source); strings.Contains(got, secret) {
			t.Fatalf("CleanSource(%q) = %q", source, got)
		}
		q := Parse("build", []any{source, "f44", map[string]any{}})
		if strings.Contains(q.Source+q.Package+q.NVR, secret) {
			t.Fatalf("Parse of %q = %+v", source, q)
		}
	})
}

func FuzzCleanSource(f *testing.F) {
	f.Add("//", "", "0")
	f.Add("//", "0", "0")
	f.Add("pass", "git+https://", "src.example.org/rpms/zsh#0a1b")
	f.Add("p@s:s/w?o#rd", "https://", "src.example.org")
	f.Add("", "://", "@")
	f.Fuzz(func(t *testing.T, noise, scheme, rest string) {
		const secret = "\x01secret\x02"
		if strings.Contains(rest+scheme, secret) || strings.ContainsAny(scheme, "@:/?#") && !strings.HasSuffix(scheme, "://") {
			return
		}
		source := scheme + "rosa:" + noise + secret + noise + "@" + rest
		if got := koji.CleanSource(source); strings.Contains(got, secret) {
			t.Fatalf("CleanSource(%q) = %q", source, got)
		}
		again := koji.CleanSource(koji.CleanSource(rest))
		if len(again) > len(rest) {
			t.Fatalf("CleanSource(%q) grew to %q", rest, again)
		}
	})
}

func TestGitHash(t *testing.T) {
	const sha1, sha256 = "0a1b2c3d4e5f60718293a4b5c6d7e8f901234567", "0a1b2c3d4e5f60718293a4b5c6d7e8f90123456789abcdef0123456789ABCDEF"
	for source, want := range map[string]string{
		"git://h.example/zsh#" + sha1:           sha1,
		"git://h.example/zsh#" + sha256:         sha256,
		"git://h.example/zsh#a#" + sha1:         sha1,
		"git://h.example/zsh#origin/rawhide":    "",
		"git://h.example/zsh#" + sha1[1:]:       "",
		"git://h.example/zsh#" + sha1 + "0":     "",
		"git://h.example/zsh#g" + sha1[1:]:      "",
		"git://h.example/zsh#" + sha1[1:] + "`": "",
		"svn://h.example/zsh#1234":              "",
		"git://h.example/zsh#":                  "",
		"git://h.example/zsh":                   "",
		sha1:                                    "",
		"":                                      "",
	} {
		b := koji.Build{Source: source}
		if got := b.GitHash(); got != want {
			t.Errorf("hash of %q is %q, want %q", source, got, want)
		}
	}
}
