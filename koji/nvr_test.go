package koji

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestParseNVR(t *testing.T) {
	for text, want := range map[string]NVR{
		"zsh-5.9.1-3.fc44":                {Name: "zsh", Version: "5.9.1", Release: "3.fc44"},
		"389-ds-base-14.13-43.3.f44":      {Name: "389-ds-base", Version: "14.13", Release: "43.3.f44"},
		"libsigc++20-20.3-11.5.f55":       {Name: "libsigc++20", Version: "20.3", Release: "11.5.f55"},
		"perl-DateTime-Format-W3CDTF-2-1": {Name: "perl-DateTime-Format-W3CDTF", Version: "2", Release: "1"},
		"kernel-6.1~rc2^git5-0.1":         {Name: "kernel", Version: "6.1~rc2^git5", Release: "0.1"},
		"1:zsh-5.9-1":                     {Name: "zsh", Version: "5.9", Release: "1", Epoch: Some[int64](1)},
		"zsh-0:5.9-1":                     {Name: "zsh", Version: "5.9", Release: "1", Epoch: Some[int64](0)},
		"kernel-12.14-11.10.f55,draft_6":  {Name: "kernel", Version: "12.14", Release: "11.10.f55,draft_6"},
		"kůň-1-2":                         {Name: "kůň", Version: "1", Release: "2"},
	} {
		if got, err := ParseNVR(text); err != nil || got != want {
			t.Errorf("ParseNVR(%q) = %+v, %v; want %+v", text, got, err, want)
		}
	}
}

func TestParseNVRRefuses(t *testing.T) {
	for _, text := range []string{
		"", "-", "--", "---", "zsh", "zsh-5", "zsh-5-", "zsh--1", "-5-1", "1:-5-1", "zsh-1:-1",
		"x:zsh-5-1", "-1:zsh-5-1", "1:zsh-2:5-1", "1:2:zsh-5-1", "99999999999:zsh-5-1",
		"a/b-5-1", "z sh-5-1", "zsh-5-1\n", "zsh-5-1\x00", "zsh-5-\u0085", "zsh-5-\u2028",
	} {
		if got, err := ParseNVR(text); err == nil {
			t.Errorf("ParseNVR(%q) = %+v, want an error", text, got)
		}
	}
}

func TestParseNVRErrorIsShort(t *testing.T) {
	_, err := ParseNVR(strings.Repeat("\x1b", 1<<20))
	if err == nil || len(err.Error()) > 1000 || strings.Contains(err.Error(), "\x1b") {
		t.Errorf("got %.2000v", err)
	}
}

func TestNVRDraft(t *testing.T) {
	for release, want := range map[string]int64{
		"11.10.f55,draft_6": 6, "1,draft_": 0, "1,draft_x": 0, "1,draft_-3": 0, "1": 0, "draft_6": 0,
	} {
		id, ok := NVR{Name: "a", Version: "1", Release: release}.Draft()
		if ok != (want != 0) || ok && id != want {
			t.Errorf("release %q: draft %d, %v; want %d", release, id, ok, want)
		}
	}
}

func TestParseRPM(t *testing.T) {
	zsh := NVR{Name: "zsh", Version: "5.9", Release: "3.fc44"}
	for path, want := range map[string]RPMName{
		"zsh-5.9-3.fc44.x86_64.rpm":                  {NVR: zsh, Arch: "x86_64"},
		"zsh-5.9-3.fc44.src.rpm":                     {NVR: zsh, Arch: "src"},
		"cli-build/1702.5.aB/zsh-5.9-3.fc44.src.rpm": {NVR: zsh, Arch: "src"},
		"/mnt/koji/work/zsh-5.9-3.fc44.nosrc.rpm":    {NVR: zsh, Arch: "nosrc"},
		"zsh-html-5.9-3.fc44.noarch.rpm":             {NVR: NVR{Name: "zsh-html", Version: "5.9", Release: "3.fc44"}, Arch: "noarch"},
	} {
		got, err := ParseRPM(path)
		if err != nil || got != want {
			t.Errorf("ParseRPM(%q) = %+v, %v; want %+v", path, got, err, want)
		}
		source := want.Arch == "src" || want.Arch == "nosrc"
		if n, err := ParseSRPM(path); (err == nil) != source || source && n != want.NVR {
			t.Errorf("ParseSRPM(%q) = %+v, %v", path, n, err)
		}
		if got.Source() != source {
			t.Errorf("%q: Source() = %v", path, got.Source())
		}
	}
	for _, path := range []string{
		"", ".rpm", "zsh.rpm", "zsh-5.9-3.rpm", "zsh-5.9-3..rpm", "zsh-5.src.rpm", "zsh-5.9-3.x86_64", "a-1-1.src.rpm/", "a-1-1.x86_64.drpm",
	} {
		if got, err := ParseRPM(path); err == nil {
			t.Errorf("ParseRPM(%q) = %+v, want an error", path, got)
		}
	}
}

// nameGen generates names and versions that Koji allows.
func nameGen() *rapid.Generator[string] { return rapid.StringMatching(`[A-Za-z0-9_.+~^]{1,12}`) }

func TestNVRRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := NVR{
			Name:    strings.Join(rapid.SliceOfN(nameGen(), 1, 4).Draw(t, "name"), "-"),
			Version: nameGen().Draw(t, "version"),
			Release: nameGen().Draw(t, "release"),
		}
		got, err := ParseNVR(want.String())
		if err != nil || got != want {
			t.Fatalf("%+v became %+v, %v", want, got, err)
		}
		if got, err := ParseSRPM("tasks/1/1/" + want.String() + ".src.rpm"); err != nil || got != want {
			t.Fatalf("%+v as a source RPM: %+v, %v", want, got, err)
		}
	})
}

func FuzzParseNVR(f *testing.F) {
	for _, seed := range []string{"zsh-5.9.1-3.fc44", "1:zsh-5.9-1", "zsh-1:5.9-1,draft_7", "a/b-1-1.src.rpm", "--"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		n, err := ParseNVR(text)
		if err == nil {
			again, err := ParseNVR(n.String())
			n.Epoch = Opt[int64]{}
			if err != nil || again != n {
				t.Fatalf("%q: %+v, again %+v, %v", text, n, again, err)
			}
		}
		if r, err := ParseRPM(text); err == nil && (r.Name == "" || r.Version == "" || r.Release == "" || r.Arch == "") {
			t.Fatalf("%q: %+v", text, r)
		}
	})
}
