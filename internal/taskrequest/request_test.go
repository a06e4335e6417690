package taskrequest

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

type requestCase struct {
	name    string
	method  string
	request string // JSON
	want    koji.Request
}

func testRequests(t *testing.T, cases []requestCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			checkRequest(t, c.method, paramsOf(t, c.request), c.want)
		})
	}
}

func checkRequest(t *testing.T, method string, params []any, want koji.Request) {
	t.Helper()
	if got := Parse(method, params); !reflect.DeepEqual(got, want) {
		t.Errorf("%s %v\n got %+v\nwant %+v", method, params, got, want)
	}
}

func TestParseStyles(t *testing.T) {
	zsh := koji.Request{
		Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git#0a1b",
		Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(true),
	}
	testRequests(t, []requestCase{
		{"by place", "build",
			`["git+https://src.example.org/rpms/zsh.git#0a1b", "f44", {"scratch": true}]`, zsh},
		{"options by name", "build",
			`["git+https://src.example.org/rpms/zsh.git#0a1b", "f44", {"opts": {"scratch": true}, "__starstar": true}]`, zsh},
		{"all but one by name", "build",
			`["git+https://src.example.org/rpms/zsh.git#0a1b", {"target": "f44", "opts": {"scratch": true}, "__starstar": true}]`, zsh},
		{"only named ones", "build",
			`[{"src": "git+https://src.example.org/rpms/zsh.git#0a1b", "target": "f44", "opts": {"scratch": true}, "__starstar": true}]`, zsh},
		{"new style", "build",
			`[{"__method__": "build", "src": "git+https://src.example.org/rpms/zsh.git#0a1b", "target": "f44", "opts": {"scratch": true}}]`, zsh},
		{"options left out", "build",
			`["git+https://src.example.org/rpms/zsh.git", "f44"]`,
			koji.Request{Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git", Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"options null", "build",
			`["git+https://src.example.org/rpms/zsh.git", "f44", null]`,
			koji.Request{Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git", Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"marker that is false is an option", "build",
			`["git+https://src.example.org/rpms/zsh.git", "f44", {"scratch": true, "__starstar": false}]`,
			koji.Request{Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git", Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(true)}},
		{"marker that is false leaves options options", "build",
			`["git+https://src.example.org/rpms/zsh.git", "f44", {"repo_id": 5, "__starstar": false}]`,
			koji.Request{Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git", Target: koji.Ref{Name: "f44"}, RepoID: 5, Scratch: koji.Some(false)}},
		{"new style has to be alone", "build",
			`["git+https://src.example.org/rpms/zsh.git", "f44", {"__method__": "build", "repo_id": 5}]`,
			koji.Request{Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git", Target: koji.Ref{Name: "f44"}, RepoID: 5, Scratch: koji.Some(false)}},
		{"marker not last is an ordinary record", "runroot",
			`[{"id": 4, "name": "f44-build", "__starstar": true}, "x86_64", "ls"]`,
			koji.Request{Tag: koji.Ref{ID: 4, Name: "f44-build"}, Arch: "x86_64"}},
		{"named past the known places", "runroot",
			`["f44-build", "x86_64", "ls", {"packages": [], "repo_id": 7, "new_chroot": true, "__starstar": true}]`,
			koji.Request{Tag: koji.Ref{Name: "f44-build"}, Arch: "x86_64", RepoID: 7}},
	})
}

func TestParseThatDoesNotFit(t *testing.T) {
	testRequests(t, []requestCase{
		{"no parameters", "build", `[]`, koji.Request{}},
		{"too few", "build", `["cli-build/1.2.abc/bash-5.2-1.src.rpm"]`,
			koji.Request{Package: "bash", NVR: "bash-5.2-1", Source: "cli-build/1.2.abc/bash-5.2-1.src.rpm"}},
		{"too many", "build", `["git://example.org/bash", "f44", {"scratch": true}, "new", 1]`,
			koji.Request{Package: "bash", Source: "git://example.org/bash", Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(true)}},
		{"given twice", "build", `["git://example.org/bash", "f44", {"src": "git://example.org/zsh", "__starstar": true}]`,
			koji.Request{Package: "bash", Source: "git://example.org/bash", Target: koji.Ref{Name: "f44"}}},
		{"option among the named ones", "build", `["git://example.org/bash", "f44", {"scratch": true, "__starstar": true}]`,
			koji.Request{Package: "bash", Source: "git://example.org/bash", Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(true)}},
		{"places of other kinds", "build", `[7, ["f44"], "scratch"]`, koji.Request{}},
		{"record in place of options", "buildArch", `["tasks/2/2/zsh-5-1.src.rpm", 4, "noarch"]`,
			koji.Request{Package: "zsh", NVR: "zsh-5-1", Source: "tasks/2/2/zsh-5-1.src.rpm", Tag: koji.Ref{ID: 4}, Arch: "noarch"}},
		{"options missing though needed", "winbuild", `["win10", "git://example.org/win/qxl", "f44"]`,
			koji.Request{Package: "qxl", Source: "git://example.org/win/qxl", Target: koji.Ref{Name: "f44"}}},
		{"tagged without a build", "tagBuild", `[5]`, koji.Request{Tag: koji.Ref{ID: 5}}},
		{"notification cut short", "buildNotification", `[["rosa@example.org"], {"id": 5, "nvr": "zsh-5-1"}]`,
			koji.Request{Package: "zsh", NVR: "zsh-5-1", BuildNVR: "zsh-5-1", BuildID: 5}},
		{"notification with other names", "buildNotification", `["rosa@example.org", "https://koji.example.org/koji", {"nvr": "zsh-5-1"}, 4, 5]`,
			koji.Request{Package: "zsh", NVR: "zsh-5-1", BuildNVR: "zsh-5-1"}},
		{"parameters in a sleep", "sleep", `["git://example.org/bash", {"scratch": true}]`, koji.Request{}},
	})
}

func TestParseUnknownMethod(t *testing.T) {
	zsh := "git+https://src.example.org/rpms/zsh.git#0a1b"
	testRequests(t, []requestCase{
		{"as site plugins do", "build-fullsource", `["` + zsh + `", "rhel-9", {"scratch": true, "repo_id": 4}]`,
			koji.Request{Package: "zsh", Source: zsh, Scratch: koji.Some(true), RepoID: 4}},
		{"no options", "buildFullSRPMFromSCM", `["` + zsh + `", 5]`, koji.Request{Package: "zsh", Source: zsh}},
		{"source RPM", "secretScan", `[5, "cli-build/1.2.x/zsh-5.9-1.fc44.nosrc.rpm"]`,
			koji.Request{Package: "zsh", NVR: "zsh-5.9-1.fc44", Source: "cli-build/1.2.x/zsh-5.9-1.fc44.nosrc.rpm"}},
		{"records", "sign", `[{"build_tag_name": "f44-build", "build_tag": 4, "dest_tag": 5, "dest_tag_name": "f44", "id": 1, "name": "f44"},
			{"perm_id": null, "arches": "x86_64", "id": 4, "name": "f44-build"}, {"nvr": "zsh-5.9-1", "id": 3, "name": "zsh"}, null]`,
			koji.Request{Target: koji.Ref{ID: 1, Name: "f44"}, Tag: koji.Ref{ID: 4, Name: "f44-build"}, BuildID: 3,
				Package: "zsh", NVR: "zsh-5.9-1", BuildNVR: "zsh-5.9-1"}},
		{"all in one record", "buildThing", `[{"name": "thing", "version": 3, "release": "1", "arches": ["x86_64"], "target": "f44", "scratch": false}]`,
			koji.Request{Package: "thing", NVR: "thing-3-1", Arches: []string{"x86_64"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"named", "buildThing", `[1, {"url": "` + zsh + `", "build_tag": 4, "arch": "x86_64", "opts": {"scratch": 1}, "__starstar": true}]`,
			koji.Request{Package: "zsh", Source: zsh, Tag: koji.Ref{ID: 4}, Arch: "x86_64", Scratch: koji.Some(true)}},
		{"new style", "buildThing", `[{"__method__": "buildThing", "spec_url": "` + zsh + `", "target_info": {"id": 1, "name": "f44"}}]`,
			koji.Request{Package: "zsh", Source: zsh, Target: koji.Ref{ID: 1, Name: "f44"}}},
		{"the last record is options", "siteBuild", `["` + zsh + `", {"scratch": false}, {"scratch": true}, 5]`,
			koji.Request{Package: "zsh", Source: zsh, Scratch: koji.Some(true)}},
		{"src that is a word", "remakeRepo", `["f44-build", {"src": "yes", "url": "` + zsh + `", "__starstar": true}]`, koji.Request{Package: "zsh", Source: zsh}},
		{"src that is a flag", "remakeRepo", `["f44-build", {"src": true, "__starstar": true}]`, koji.Request{}},
		{"name of something else", "rebootHost", `[{"name": "builder1", "arches": "x86_64"}]`, koji.Request{Arches: []string{"x86_64"}}},
		{"mail addresses", "tellPeople", `[["rosa@example.org"], "rosa@example.org", {"to": "rosa@example.org"}]`, koji.Request{}},
		{"nothing", "noop", `[]`, koji.Request{}},
		{"nulls", "noop", `[null, null, {"scratch": null}]`, koji.Request{Scratch: koji.Some(false)}},
		{"no name", "", `["` + zsh + `"]`, koji.Request{Package: "zsh", Source: zsh}},
	})
}

func TestParseOddValues(t *testing.T) {
	params := []any{"git://example.org/bash", "f44", map[string]any{"repo_id": 12, "scratch": 1}}
	want := koji.Request{Package: "bash", Source: "git://example.org/bash", Target: koji.Ref{Name: "f44"}, RepoID: 12, Scratch: koji.Some(true)}
	if got := Parse("build", params); !reflect.DeepEqual(got, want) {
		t.Errorf("int: got %+v, want %+v", got, want)
	}
	got := Parse("tagBuild", []any{5.0, 7.5, nil, struct{}{}, []byte("x")})
	if want := (koji.Request{Tag: koji.Ref{ID: 5}}); !reflect.DeepEqual(got, want) {
		t.Errorf("float: got %+v, want %+v", got, want)
	}
	if got := Parse("build", nil); !reflect.DeepEqual(got, koji.Request{}) {
		t.Errorf("nil: got %+v", got)
	}
}

func TestParseText(t *testing.T) {
	const text = `<?xml version='1.0'?>
<methodCall><methodName>tagBuild</methodName><params>
<param><value><int>4411</int></value></param>
<param><value><i8>2700123</i8></value></param>
<param><value><boolean>0</boolean></value></param>
<param><value><nil/></value></param>
</params></methodCall>`
	want := koji.Request{Tag: koji.Ref{ID: 4411}, BuildID: 2700123}
	for name, text := range map[string]string{
		"as it is":          text,
		"base64":            base64.StdEncoding.EncodeToString([]byte(text)),
		"base64 with lines": wrap(base64.StdEncoding.EncodeToString([]byte(text)), 76),
	} {
		if got := ParseText("tagBuild", text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "cut short": text[:200], "no XML": "hello", "something else": "<html></html>",
		"huge": strings.Repeat("A", maxRequestText*2),
	} {
		if got := ParseText("tagBuild", text); !reflect.DeepEqual(got, koji.Request{}) {
			t.Errorf("%s: got %+v, want nothing", name, got)
		}
	}
}

func wrap(text string, width int) string {
	var b strings.Builder
	for len(text) > width {
		b.WriteString(text[:width] + "\n")
		text = text[width:]
	}
	return b.String() + text
}
