package taskrequest

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

func TestParseBuilds(t *testing.T) {
	const zsh = "git+https://src.example.org/rpms/zsh#0a1b"
	testRequests(t, []requestCase{
		{"repository in place of a target", "build", `["` + zsh + `", null, {"repo_id": 77, "scratch": true}]`,
			koji.Request{Package: "zsh", Source: zsh, RepoID: 77, Scratch: koji.Some(true)}},
		{"commas in arch_override", "build", `["` + zsh + `", "f44", {"scratch": true, "arch_override": "x86_64, i686  s390x"}]`,
			koji.Request{Package: "zsh", Source: zsh, Target: koji.Ref{Name: "f44"}, Arches: []string{"x86_64", "i686", "s390x"}, Scratch: koji.Some(true)}},
		{"source RPM without sources", "build", `["cli-build/1.2.Ab/kmod-nv-1:3.0-1.fc44.nosrc.rpm", "f44", {}]`,
			koji.Request{Package: "kmod-nv", NVR: "kmod-nv-3.0-1.fc44", Source: "cli-build/1.2.Ab/kmod-nv-1:3.0-1.fc44.nosrc.rpm",
				Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"source RPM without an NVR", "build", `["cli-build/1.2.Ab/x.src.rpm", "f44", {}]`,
			koji.Request{Source: "cli-build/1.2.Ab/x.src.rpm", Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"password", "build", `["git+https://rosa:s3cret@src.example.org/rpms/zsh#0a1b", "f44", {}]`,
			koji.Request{Package: "zsh", Source: zsh, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"package's record of long ago", "buildArch", `[{"name": "zsh", "version": "5"}, 4410, "i686", false, null]`,
			koji.Request{Package: "zsh", Tag: koji.Ref{ID: 4410}, Arch: "i686"}},
		{"tag's record", "buildSRPMFromSCM", `["` + zsh + `", {"id": 4410, "name": "f44-build", "arches": "x86_64"}, {"scratch": true}]`,
			koji.Request{Package: "zsh", Source: zsh, Tag: koji.Ref{ID: 4410, Name: "f44-build"}, Scratch: koji.Some(true)}},
		{"URL only", "buildSRPMFromSCM", `["` + zsh + `"]`, koji.Request{Package: "zsh", Source: zsh}},
		{"CVS", "buildSRPMFromCVS", `["cvs://cvs.example.org/cvs/pkgs?rpms/zsh/F-9#zsh-5_0"]`,
			koji.Request{Package: "zsh", Source: "cvs://cvs.example.org/cvs/pkgs?rpms/zsh/F-9#zsh-5_0"}},
		{"no options", "rebuildSRPM", `["cli-build/1.2.Ab/zsh-5-1.src.rpm", 4410]`,
			koji.Request{Package: "zsh", NVR: "zsh-5-1", Source: "cli-build/1.2.Ab/zsh-5-1.src.rpm", Tag: koji.Ref{ID: 4410}}},
		{"wrapper without a build", "wrapperRPM", `["` + zsh + `", {"id": 1, "name": "f44", "build_tag": 4410, "build_tag_name": "f44-build"}, null, {"id": 6}]`,
			koji.Request{Package: "zsh", Source: zsh, Target: koji.Ref{ID: 1, Name: "f44"}, Tag: koji.Ref{ID: 4410, Name: "f44-build"}, Scratch: koji.Some(false)}},
		{"wrapper of parts", "wrapperRPM", `["` + zsh + `", "f44", {"build_id": 8, "name": "a", "version": "1", "release": "2"}, null]`,
			koji.Request{Package: "a", NVR: "a-1-2", BuildNVR: "a-1-2", BuildID: 8, Source: zsh, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
	})
}

func TestParseChains(t *testing.T) {
	const zsh = "git+https://src.example.org/rpms/zsh#0a1b"
	testRequests(t, []requestCase{
		{"groups", "chainbuild", `[[["` + zsh + `", "git://h.example/bash.git"], [], ["zlib-1-1", "` + zsh + `"], [null, 5]], "f44"]`,
			koji.Request{Packages: []string{"zsh", "bash", "zlib"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"one package", "chainbuild", `[[["` + zsh + `"]], "f44", null]`,
			koji.Request{Package: "zsh", Packages: []string{"zsh"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"no groups", "chainbuild", `[["` + zsh + `"], "f44"]`,
			koji.Request{Package: "zsh", Packages: []string{"zsh"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"one Maven package", "chainmaven", `[{"org.example-a": {"scmurl": "git://u:p@h.example/a"}}, "f44", {"scratch": true}]`,
			koji.Request{Package: "org.example-a", Packages: []string{"org.example-a"}, Source: "git://h.example/a",
				Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(true)}},
		{"tag by id", "buildMaven", `["git://h.example/java/a.git", 8]`,
			koji.Request{Package: "a", Source: "git://h.example/java/a.git", Tag: koji.Ref{ID: 8}}},
		{"nested scratch", "vmExec", `["win10", ["git://h.example/win/qxl", "win-build", {"scratch": true}], {"cpus": 4}]`,
			koji.Request{Package: "qxl", Source: "git://h.example/win/qxl", Tag: koji.Ref{Name: "win-build"}, Scratch: koji.Some(true)}},
		{"outer scratch", "vmExec", `["win10", ["git://h.example/win/qxl"], {"scratch": false}]`,
			koji.Request{Package: "qxl", Source: "git://h.example/win/qxl", Scratch: koji.Some(false)}},
		{"machine alone", "vmExec", `["win10", null, null]`, koji.Request{}},
		{"target null", "winbuild", `["win10", "git://h.example/win/qxl", null, {"repo_id": 3}]`,
			koji.Request{Package: "qxl", Source: "git://h.example/win/qxl", RepoID: 3, Scratch: koji.Some(false)}},
	})
}

func TestParseImages(t *testing.T) {
	const info = `{"build_tag": 2, "build_tag_name": "f44-build", "id": 1, "name": "f44"}`
	f44 := koji.Ref{ID: 1, Name: "f44"}
	testRequests(t, []requestCase{
		{"release known", "image", `["cloud", "44", ["x86_64"], "f44", "https://m.example/", {"release": "3", "scratch": null}]`,
			koji.Request{Package: "cloud", NVR: "cloud-44-3", Arches: []string{"x86_64"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"release null", "image", `["cloud", "44", ["x86_64"], "f44", null, {"release": null}]`,
			koji.Request{Package: "cloud", Arches: []string{"x86_64"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"numbers", "livecd", `["desk", 44, "i686", "f44", "live.ks", {"release": 1.5}]`,
			koji.Request{Package: "desk", NVR: "desk-44-1.5", Arch: "i686", Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"tag by name", "createImage", `["cloud", "44", "3", "x86_64", ` + info + `, "f44-build", 9, "", {"scratch": true}]`,
			koji.Request{Package: "cloud", NVR: "cloud-44-3", Arch: "x86_64", Target: f44, Tag: koji.Ref{ID: 2, Name: "f44-build"}, RepoID: 9, Scratch: koji.Some(true)}},
		{"another tag than the target's", "createLiveCD", `["desk", "44", "3", "x86_64", ` + info + `, 8, null, "live.ks"]`,
			koji.Request{Package: "desk", NVR: "desk-44-3", Arch: "x86_64", Target: f44, Tag: koji.Ref{ID: 8}}},
		{"members missing", "indirectionimage", `[{"scratch": false}]`, koji.Request{Scratch: koji.Some(false)}},
		{"members all there", "indirectionimage", `[{"name": "a", "version": "1", "release": "2", "arch": "x86_64", "target": "f44"}]`,
			koji.Request{Package: "a", NVR: "a-1-2", Arch: "x86_64", Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"no record", "indirectionimage", `[null]`, koji.Request{Scratch: koji.Some(false)}},
		{"kiwi without options", "kiwiBuild", `["f44", ["x86_64", "s390x"], "git+https://h.example/kiwi.git#main", "teams/cloud"]`,
			koji.Request{Source: "git+https://h.example/kiwi.git#main", Arches: []string{"x86_64", "s390x"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"driver disk", "dudBuild", `["dud", "1", ["x86_64"], "f44", ["kmod-a", "kmod-b"], {"scratch": true, "release": "4"}]`,
			koji.Request{Package: "dud", NVR: "dud-1-4", Arches: []string{"x86_64"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(true)}},
		{"driver disk of an arch", "createDudIso", `["dud", "1", "4", "x86_64", ` + info + `, 2, {"id": 9}, ["kmod-a"], {}]`,
			koji.Request{Package: "dud", NVR: "dud-1-4", Arch: "x86_64", Target: f44, Tag: koji.Ref{ID: 2, Name: "f44-build"}, RepoID: 9}},
		{"image builder", "imageBuilderBuild", `["f44", ["x86_64"], ["minimal-raw"], "minimal", "44", {"release": "5", "scratch": true}]`,
			koji.Request{Package: "minimal", NVR: "minimal-44-5", Arches: []string{"x86_64"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(true)}},
		{"image builder, an arch", "imageBuilderBuildArch",
			`["minimal", "44", "5", "x86_64", ["minimal-raw"], ` + info + `, {"id": 2, "name": "f44-build", "arches": "x86_64"}, {"id": 9}, {"scratch": true}]`,
			koji.Request{Package: "minimal", NVR: "minimal-44-5", Arch: "x86_64", Target: f44, Tag: koji.Ref{ID: 2, Name: "f44-build"}, RepoID: 9, Scratch: koji.Some(true)}},
		{"osbuild without options", "osbuildImage", `["iot", "44", "fedora-44", ["iot"], "f44", ["x86_64"]]`,
			koji.Request{Package: "iot", Arches: []string{"x86_64"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
	})
}

func TestParseContainers(t *testing.T) {
	const rhceph = "https://src.example.org/containers/rhceph#0a1b"
	testRequests(t, []requestCase{
		{"scratch for some arches", "buildContainer", `["` + rhceph + `", "c", {"scratch": true, "arch_override": "x86_64 s390x", "flatpak": false}]`,
			koji.Request{Package: "rhceph-container", Source: rhceph, Target: koji.Ref{Name: "c"}, Arches: []string{"x86_64", "s390x"}, Scratch: koji.Some(true)}},
		{"flatpak", "buildContainer", `["https://src.example.org/flatpaks/gimp", "c", {"flatpak": true}]`,
			koji.Request{Package: "gimp", Source: "https://src.example.org/flatpaks/gimp", Target: koji.Ref{Name: "c"}, Scratch: koji.Some(false)}},
		{"sources of a build by id", "buildSourceContainer", `["c", {"koji_build_id": 31, "koji_build_nvr": null}]`,
			koji.Request{BuildID: 31, Target: koji.Ref{Name: "c"}, Scratch: koji.Some(false)}},
		{"sources of a build by both", "buildSourceContainer", `["c", {"koji_build_id": "31", "koji_build_nvr": "nginx-container-1-2", "scratch": true}]`,
			koji.Request{Package: "nginx-container-source", BuildID: 31, BuildNVR: "nginx-container-1-2", Target: koji.Ref{Name: "c"}, Scratch: koji.Some(true)}},
		{"long ago", "createContainer", `["` + rhceph + `", {"id": 1, "name": "c", "build_tag": 4, "build_tag_name": "c-build"}, "x86_64", {"opts": 1}, 5, 6]`,
			koji.Request{Package: "rhceph-container", Source: rhceph, Target: koji.Ref{ID: 1, Name: "c"}, Arch: "x86_64"}},
	})
}

func TestParseRepos(t *testing.T) {
	testRequests(t, []requestCase{
		{"tag by id", "newRepo", `[4410]`, koji.Request{Tag: koji.Ref{ID: 4410}}},
		{"tag by record", "newRepo", `[{"id": 4410, "name": "f44-build"}, {"opts": {}, "event": 123, "src": false, "__starstar": true}]`,
			koji.Request{Tag: koji.Ref{ID: 4410, Name: "f44-build"}}},
		{"tag by a name of digits", "newRepo", `["4410", 123, true, false, true]`, koji.Request{Tag: koji.Ref{Name: "4410"}}},
		{"old repository by record", "createrepo", `[660013, "aarch64", {"id": 660012, "state": 1}]`, koji.Request{RepoID: 660013, Arch: "aarch64"}},
		{"external repositories of long ago", "createrepo", `[660013, "aarch64", 660012, []]`, koji.Request{RepoID: 660013, Arch: "aarch64"}},
		{"tag by id, no arches", "distRepo", `[4410, 660014, [], {"arch": null}]`, koji.Request{Tag: koji.Ref{ID: 4410}, RepoID: 660014}},
		{"waits for newer", "waitrepo", `[{"id": 4410, "name": "f44-build"}, "last"]`, koji.Request{Tag: koji.Ref{ID: 4410, Name: "f44-build"}}},
		{"waits for a build", "waitrepo", `["f44-build", {"nvrs": ["zsh-5-1", "x", 5], "__starstar": true}]`,
			koji.Request{Tag: koji.Ref{Name: "f44-build"}, Package: "zsh", Packages: []string{"zsh"}}},
		{"runroot all named", "runroot", `[{"root": "f44-build", "arch": "x86_64", "command": "ls", "repo_id": 5, "__starstar": true}]`,
			koji.Request{Tag: koji.Ref{Name: "f44-build"}, Arch: "x86_64", RepoID: 5}},
	})
}

func TestParseTags(t *testing.T) {
	testRequests(t, []requestCase{
		{"two parameters", "tagBuild", `[5, 7]`, koji.Request{Tag: koji.Ref{ID: 5}, BuildID: 7}},
		{"moved", "tagBuild", `[5, 7, true, 4]`, koji.Request{Tag: koji.Ref{ID: 5}, BuildID: 7, FromTag: koji.Ref{ID: 4}}},
		{"by names", "tagBuild", `["f44", "zsh-5-1", false, "f44-candidate", true]`,
			koji.Request{Tag: koji.Ref{Name: "f44"}, Package: "zsh", NVR: "zsh-5-1", BuildNVR: "zsh-5-1", FromTag: koji.Ref{Name: "f44-candidate"}}},
		{"no ids", "tagBuild", `[0, -7, false, 1.5]`, koji.Request{}},
		{"six parameters", "tagNotification", `[["rosa@example.org"], true, 5, 4, 7, 77]`,
			koji.Request{Tag: koji.Ref{ID: 5}, FromTag: koji.Ref{ID: 4}, BuildID: 7}},
		{"no target's record", "buildNotification", `[["rosa@example.org"], {"id": 7, "name": "zsh", "version": "5", "release": "1"}, "f44", "https://koji.example.org/koji"]`,
			koji.Request{Package: "zsh", NVR: "zsh-5-1", BuildNVR: "zsh-5-1", BuildID: 7, Target: koji.Ref{Name: "f44"}}},
	})
}

func TestParseOthers(t *testing.T) {
	testRequests(t, []requestCase{
		{"one task to come", "dependantTask", `[[90], [["build", ["git://h.example/zsh", "f44", {"scratch": true, "arch_override": "x86_64"}]]]]`,
			koji.Request{Package: "zsh", Packages: []string{"zsh"}, Source: "git://h.example/zsh", Target: koji.Ref{Name: "f44"},
				Arches: []string{"x86_64"}, Scratch: koji.Some(true)}},
		{"tasks that agree", "dependantTask", `[[90], [["build", ["git://h.example/zsh", "f44"]], ["build", ["git://h.example/bash", "f44", {}], {}]]]`,
			koji.Request{Packages: []string{"zsh", "bash"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"tasks in tasks", "dependantTask", `[[], [["dependantTask", [[], [["tagBuild", [5, 7]]]]]]]`, koji.Request{Tag: koji.Ref{ID: 5}, BuildID: 7}},
		{"odd tasks", "dependantTask", `[null, [null, [], ["x"], [5, 6], {"a": 1}]]`, koji.Request{}},
		{"no tasks", "dependantTask", `[[1]]`, koji.Request{}},
		{"hosts by arch", "restartHosts", `[{"arches": ["x86_64", "s390x"]}]`, koji.Request{Arches: []string{"x86_64", "s390x"}}},
		{"all hosts", "restartHosts", `[]`, koji.Request{}},
		{"anything", "default", `["git://h.example/zsh", {"scratch": true}]`, koji.Request{}},
		{"anything named", "someMethod", `[{"scratch": true, "__starstar": true}]`, koji.Request{}},
		{"failed tree", "saveFailedTree", `[880001]`, koji.Request{}},
		{"two numbers", "waittest", `[3, 10]`, koji.Request{}},
	})
}

// TestParseNestingIsBounded parses requests with deeply nested tasks, which an attacker might
// send.
func TestParseNestingIsBounded(t *testing.T) {
	inner := []any{[]any{}, []any{[]any{"tagBuild", []any{int64(5), int64(7)}}}}
	for range 10_000 {
		inner = []any{[]any{}, []any{[]any{"dependantTask", inner}}}
	}
	if got := Parse("dependantTask", inner); !got.Tag.IsZero() {
		t.Errorf("looked %+v too deep", got)
	}
}

func TestParseFlatpaks(t *testing.T) {
	const gimp = "git+https://src.example.org/flatpaks/gimp#0a1b"
	made := koji.Request{Package: "gimp", Source: gimp, Target: koji.Ref{Name: "f44-flatpak"}, Scratch: koji.Some(false)}
	scratch := made
	scratch.Scratch, scratch.Arches = koji.Some(true), []string{"x86_64", "aarch64"}
	part := koji.Request{Package: "gimp", Source: gimp, Target: koji.Ref{Name: "f44-flatpak"}, Arch: "aarch64"}
	record := part
	record.Target.ID = 7
	testRequests(t, []requestCase{
		{"by place", "flatpakBuild", `["` + gimp + `", "f44-flatpak", {}]`, made},
		{"no options", "flatpakBuild", `["` + gimp + `", "f44-flatpak"]`, made},
		{"null for options", "flatpakBuild", `["` + gimp + `", "f44-flatpak", null]`, made},
		{"scratch", "flatpakBuild", `["` + gimp + `", "f44-flatpak", {"scratch": true, "arch_override": "x86_64 aarch64"}]`, scratch},
		{"by name", "flatpakBuild", `[{"__method__": "flatpakBuild", "src": "` + gimp + `", "target": "f44-flatpak", "opts": {"scratch": true, "arch_override": "x86_64 aarch64"}}]`, scratch},
		{"options by name", "flatpakBuild", `["` + gimp + `", "f44-flatpak", {"opts": {"scratch": true, "arch_override": "x86_64 aarch64"}, "__starstar": true}]`, scratch},
		{"an arch by place", "flatpakBuildArch", `["` + gimp + `", "f44-flatpak", "aarch64", {}]`, part},
		{"the arch first", "flatpakBuildArch", `["aarch64", "` + gimp + `", "f44-flatpak"]`, part},
		{"the target's record", "flatpakBuildArch", `["` + gimp + `", {"id": 7, "name": "f44-flatpak", "build_tag_name": "b", "dest_tag_name": "d"}, 197, "aarch64", {"repo": 5}]`, record},
		{"an arch by name", "flatpakBuildArch", `[{"__method__": "flatpakBuildArch", "src": "` + gimp + `", "target": "f44-flatpak", "arch": "aarch64"}]`, part},
		{"nothing", "flatpakBuildArch", `[]`, koji.Request{}},
	})
}

func TestParsePlugins(t *testing.T) {
	const zsh = "git+https://src.example.org/rpms/zsh#0a1b"
	testRequests(t, []requestCase{
		{"image-builder before it had types", "imageBuilderBuild", `["f43", ["x86_64"], "git+https://h.example/defs#main", "minimal", {"release": "1"}]`,
			koji.Request{Target: koji.Ref{Name: "f43"}, Arches: []string{"x86_64"}, Source: "git+https://h.example/defs#main", Scratch: koji.Some(false)}},
		{"pungi's lorax", "pungi_buildinstall", `["f43-compose", "x86_64", {"lorax_args": {}, "__starstar": true}]`,
			koji.Request{Tag: koji.Ref{Name: "f43-compose"}, Arch: "x86_64"}},
		{"tag of git", "createGitTag", `["` + zsh + `", "f44-zsh-5-1"]`, koji.Request{Package: "zsh", Source: zsh}},
		{"mail about a task", "taskNotification", `["rosa@example.org", 55, "https://koji.example.org"]`, koji.Request{}},
		{"repositories of a task", "taskrepos", `[55, true]`, koji.Request{}},
	})
}

// TestParseAlone parses requests without a method.
func TestParseAlone(t *testing.T) {
	testRequests(t, []requestCase{
		{"a build", "", `["git://h.example/zsh", "f44", {"scratch": true}]`,
			koji.Request{Package: "zsh", Source: "git://h.example/zsh", Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(true)}},
		{"a build without a target", "", `["a/zsh-5-1.src.rpm", null, {"repo_id": 4}]`,
			koji.Request{Package: "zsh", NVR: "zsh-5-1", Source: "a/zsh-5-1.src.rpm", RepoID: 4, Scratch: koji.Some(false)}},
		{"a chain", "", `[[["git://h.example/zsh"]], "f44"]`,
			koji.Request{Package: "zsh", Packages: []string{"zsh"}, Target: koji.Ref{Name: "f44"}, Scratch: koji.Some(false)}},
		{"texts of anybody", "", `["x", "y"]`, koji.Request{}},
		{"nothing", "", `[]`, koji.Request{}},
	})
}

// TestMethodTable checks that every description of a method is complete and consistent.
func TestMethodTable(t *testing.T) {
	for name, m := range methods {
		if m.name != name || len(m.signatures) == 0 && m.decides {
			t.Errorf("%s: incomplete entry %+v", name, m)
		}
		for _, s := range m.signatures {
			optional := false
			for _, p := range s.params {
				if p.name == "" || optional && !p.optional {
					t.Errorf("%s: parameter %q has no name or follows optional ones", name, p.name)
				}
				optional = p.optional
			}
		}
		if m.decides && !m.signatures[0].has(isScratch) {
			t.Errorf("%s: decides about scratch, but nothing says it", name)
		}
	}
}
