package koji

import (
	"encoding/base64"
	"reflect"
	"strings"
	"testing"
)

type requestCase struct {
	name    string
	method  string
	request string // JSON
	want    Request
}

func testRequests(t *testing.T, cases []requestCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			checkRequest(t, c.method, paramsOf(t, c.request), c.want)
		})
	}
}

func checkRequest(t *testing.T, method string, params []any, want Request) {
	t.Helper()
	if got := ParseRequest(method, params); !reflect.DeepEqual(got, want) {
		t.Errorf("%s %v\n got %+v\nwant %+v", method, params, got, want)
	}
}

func TestParseRequestStyles(t *testing.T) {
	zsh := Request{
		Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git#0a1b",
		Target: Ref{Name: "f44"}, Scratch: Some(true),
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
			Request{Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git", Target: Ref{Name: "f44"}, Scratch: Some(false)}},
		{"options null", "build",
			`["git+https://src.example.org/rpms/zsh.git", "f44", null]`,
			Request{Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git", Target: Ref{Name: "f44"}, Scratch: Some(false)}},
		{"marker that is false is an option", "build",
			`["git+https://src.example.org/rpms/zsh.git", "f44", {"scratch": true, "__starstar": false}]`,
			Request{Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git", Target: Ref{Name: "f44"}, Scratch: Some(true)}},
		{"marker that is false leaves options options", "build",
			`["git+https://src.example.org/rpms/zsh.git", "f44", {"repo_id": 5, "__starstar": false}]`,
			Request{Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git", Target: Ref{Name: "f44"}, RepoID: 5, Scratch: Some(false)}},
		{"new style has to be alone", "build",
			`["git+https://src.example.org/rpms/zsh.git", "f44", {"__method__": "build", "repo_id": 5}]`,
			Request{Package: "zsh", Source: "git+https://src.example.org/rpms/zsh.git", Target: Ref{Name: "f44"}, RepoID: 5, Scratch: Some(false)}},
		{"marker not last is an ordinary record", "runroot",
			`[{"id": 4, "name": "f44-build", "__starstar": true}, "x86_64", "ls"]`,
			Request{Tag: Ref{ID: 4, Name: "f44-build"}, Arch: "x86_64"}},
		{"named past the known places", "runroot",
			`["f44-build", "x86_64", "ls", {"packages": [], "repo_id": 7, "new_chroot": true, "__starstar": true}]`,
			Request{Tag: Ref{Name: "f44-build"}, Arch: "x86_64", RepoID: 7}},
	})
}

func TestParseRequestThatDoesNotFit(t *testing.T) {
	testRequests(t, []requestCase{
		{"no parameters", "build", `[]`, Request{}},
		{"too few", "build", `["cli-build/1.2.abc/bash-5.2-1.src.rpm"]`,
			Request{Package: "bash", NVR: "bash-5.2-1", Source: "cli-build/1.2.abc/bash-5.2-1.src.rpm"}},
		{"too many", "build", `["git://example.org/bash", "f44", {"scratch": true}, "new", 1]`,
			Request{Package: "bash", Source: "git://example.org/bash", Target: Ref{Name: "f44"}, Scratch: Some(true)}},
		{"given twice", "build", `["git://example.org/bash", "f44", {"src": "git://example.org/zsh", "__starstar": true}]`,
			Request{Package: "bash", Source: "git://example.org/bash", Target: Ref{Name: "f44"}}},
		{"option among the named ones", "build", `["git://example.org/bash", "f44", {"scratch": true, "__starstar": true}]`,
			Request{Package: "bash", Source: "git://example.org/bash", Target: Ref{Name: "f44"}, Scratch: Some(true)}},
		{"places of other kinds", "build", `[7, ["f44"], "scratch"]`, Request{}},
		{"record in place of options", "buildArch", `["tasks/2/2/zsh-5-1.src.rpm", 4, "noarch"]`,
			Request{Package: "zsh", NVR: "zsh-5-1", Source: "tasks/2/2/zsh-5-1.src.rpm", Tag: Ref{ID: 4}, Arch: "noarch"}},
		{"options missing though needed", "winbuild", `["win10", "git://example.org/win/qxl", "f44"]`,
			Request{Package: "qxl", Source: "git://example.org/win/qxl", Target: Ref{Name: "f44"}}},
		{"tagged without a build", "tagBuild", `[5]`, Request{Tag: Ref{ID: 5}}},
		{"notification cut short", "buildNotification", `[["rosa@example.org"], {"id": 5, "nvr": "zsh-5-1"}]`,
			Request{Package: "zsh", NVR: "zsh-5-1", BuildNVR: "zsh-5-1", BuildID: 5}},
		{"notification with other names", "buildNotification", `["rosa@example.org", "https://koji.example.org/koji", {"nvr": "zsh-5-1"}, 4, 5]`,
			Request{Package: "zsh", NVR: "zsh-5-1", BuildNVR: "zsh-5-1"}},
		{"parameters in a sleep", "sleep", `["git://example.org/bash", {"scratch": true}]`, Request{}},
	})
}

func TestParseRequestUnknownMethod(t *testing.T) {
	zsh := "git+https://src.example.org/rpms/zsh.git#0a1b"
	testRequests(t, []requestCase{
		{"as site plugins do", "build-fullsource", `["` + zsh + `", "rhel-9", {"scratch": true, "repo_id": 4}]`,
			Request{Package: "zsh", Source: zsh, Scratch: Some(true), RepoID: 4}},
		{"no options", "buildFullSRPMFromSCM", `["` + zsh + `", 5]`, Request{Package: "zsh", Source: zsh}},
		{"source RPM", "secretScan", `[5, "cli-build/1.2.x/zsh-5.9-1.fc44.nosrc.rpm"]`,
			Request{Package: "zsh", NVR: "zsh-5.9-1.fc44", Source: "cli-build/1.2.x/zsh-5.9-1.fc44.nosrc.rpm"}},
		{"records", "sign", `[{"build_tag_name": "f44-build", "build_tag": 4, "dest_tag": 5, "dest_tag_name": "f44", "id": 1, "name": "f44"},
			{"perm_id": null, "arches": "x86_64", "id": 4, "name": "f44-build"}, {"nvr": "zsh-5.9-1", "id": 3, "name": "zsh"}, null]`,
			Request{Target: Ref{ID: 1, Name: "f44"}, Tag: Ref{ID: 4, Name: "f44-build"}, BuildID: 3,
				Package: "zsh", NVR: "zsh-5.9-1", BuildNVR: "zsh-5.9-1"}},
		{"all in one record", "buildThing", `[{"name": "thing", "version": 3, "release": "1", "arches": ["x86_64"], "target": "f44", "scratch": false}]`,
			Request{Package: "thing", NVR: "thing-3-1", Arches: []string{"x86_64"}, Target: Ref{Name: "f44"}, Scratch: Some(false)}},
		{"named", "buildThing", `[1, {"url": "` + zsh + `", "build_tag": 4, "arch": "x86_64", "opts": {"scratch": 1}, "__starstar": true}]`,
			Request{Package: "zsh", Source: zsh, Tag: Ref{ID: 4}, Arch: "x86_64", Scratch: Some(true)}},
		{"new style", "buildThing", `[{"__method__": "buildThing", "spec_url": "` + zsh + `", "target_info": {"id": 1, "name": "f44"}}]`,
			Request{Package: "zsh", Source: zsh, Target: Ref{ID: 1, Name: "f44"}}},
		{"the last record is options", "siteBuild", `["` + zsh + `", {"scratch": false}, {"scratch": true}, 5]`,
			Request{Package: "zsh", Source: zsh, Scratch: Some(true)}},
		{"src that is a word", "remakeRepo", `["f44-build", {"src": "yes", "url": "` + zsh + `", "__starstar": true}]`, Request{Package: "zsh", Source: zsh}},
		{"src that is a flag", "remakeRepo", `["f44-build", {"src": true, "__starstar": true}]`, Request{}},
		{"name of something else", "rebootHost", `[{"name": "builder1", "arches": "x86_64"}]`, Request{Arches: []string{"x86_64"}}},
		{"mail addresses", "tellPeople", `[["rosa@example.org"], "rosa@example.org", {"to": "rosa@example.org"}]`, Request{}},
		{"nothing", "noop", `[]`, Request{}},
		{"nulls", "noop", `[null, null, {"scratch": null}]`, Request{Scratch: Some(false)}},
		{"no name", "", `["` + zsh + `"]`, Request{Package: "zsh", Source: zsh}},
	})
}

func TestParseRequestOddValues(t *testing.T) {
	params := []any{"git://example.org/bash", "f44", map[string]any{"repo_id": 12, "scratch": 1}}
	want := Request{Package: "bash", Source: "git://example.org/bash", Target: Ref{Name: "f44"}, RepoID: 12, Scratch: Some(true)}
	if got := ParseRequest("build", params); !reflect.DeepEqual(got, want) {
		t.Errorf("int: got %+v, want %+v", got, want)
	}
	got := ParseRequest("tagBuild", []any{5.0, 7.5, nil, struct{}{}, []byte("x")})
	if want := (Request{Tag: Ref{ID: 5}}); !reflect.DeepEqual(got, want) {
		t.Errorf("float: got %+v, want %+v", got, want)
	}
	if got := ParseRequest("build", nil); !reflect.DeepEqual(got, Request{}) {
		t.Errorf("nil: got %+v", got)
	}
}

func TestParseRequestText(t *testing.T) {
	const text = `<?xml version='1.0'?>
<methodCall><methodName>tagBuild</methodName><params>
<param><value><int>4411</int></value></param>
<param><value><i8>2700123</i8></value></param>
<param><value><boolean>0</boolean></value></param>
<param><value><nil/></value></param>
</params></methodCall>`
	want := Request{Tag: Ref{ID: 4411}, BuildID: 2700123}
	for name, text := range map[string]string{
		"as it is":          text,
		"base64":            base64.StdEncoding.EncodeToString([]byte(text)),
		"base64 with lines": wrap(base64.StdEncoding.EncodeToString([]byte(text)), 76),
	} {
		if got := ParseRequestText("tagBuild", text); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
	}
	for name, text := range map[string]string{
		"empty": "", "cut short": text[:200], "no XML": "hello", "something else": "<html></html>",
		"huge": strings.Repeat("A", maxRequestText*2),
	} {
		if got := ParseRequestText("tagBuild", text); !reflect.DeepEqual(got, Request{}) {
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
