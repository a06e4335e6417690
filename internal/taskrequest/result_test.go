package taskrequest

import (
	"reflect"
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

func TestParseResult(t *testing.T) {
	for name, c := range map[string]struct {
		method, result string
		want           koji.Result
	}{
		"source RPM from an SCM": {"buildSRPMFromSCM",
			`{"srpm": "tasks/265/265/rust-ripgrep-16.13-31.1.f51.src.rpm", "logs": [], "brootid": 1,
			  "source": {"source": "svn+ssh://u:p@svn.lab.test/repo?rust-ripgrep/trunk#160b", "url": "svn+ssh://svn.lab.test/repo?rust-ripgrep/trunk#1234"}}`,
			koji.Result{NVR: "rust-ripgrep-16.13-31.1.f51", Source: "svn+ssh://svn.lab.test/repo?rust-ripgrep/trunk#160b"}},
		"source RPM of long ago": {"buildSRPMFromCVS", `"tasks/265/265/zsh-5-1.src.rpm"`, koji.Result{NVR: "zsh-5-1"}},
		"rebuilt": {"rebuildSRPM",
			`{"srpm": "tasks/529/529/v8-314-1.2-43.2.f44.src.rpm", "source": {"source": "cli-build/17.1.Z/v8-314-1.2-43.2.f44.src.rpm#71ad"}}`,
			koji.Result{NVR: "v8-314-1.2-43.2.f44", Source: "cli-build/17.1.Z/v8-314-1.2-43.2.f44.src.rpm#71ad"}},
		"wrapper": {"wrapperRPM", `{"srpm": "org.lab-a-1-2.src.rpm", "rpms": ["org.lab-a-1-2.noarch.rpm"], "buildroot_id": 4}`,
			koji.Result{NVR: "org.lab-a-1-2"}},
		"RPMs and their source": {"buildArch", `{"rpms": ["tasks/2/2/zsh-html-5-1.noarch.rpm"], "srpms": ["tasks/2/2/zsh-5-1.src.rpm"], "logs": []}`,
			koji.Result{NVR: "zsh-5-1"}},
		"RPMs alone":        {"buildArch", `{"rpms": ["tasks/2/2/zsh-html-5-1.noarch.rpm"], "srpms": []}`, koji.Result{}},
		"container":         {"buildContainer", `{"koji_builds": ["121", 7, "x", null], "repositories": ["reg.lab.test/rhceph:6"]}`, koji.Result{BuildIDs: []int64{121, 7}}},
		"source container":  {"buildSourceContainer", `{"koji_builds": ["121"]}`, koji.Result{BuildIDs: []int64{121}}},
		"osbuild":           {"osbuildImage", `{"composer": {"server": "https://composer.lab.test/"}, "koji": {"build": 1}}`, koji.Result{BuildIDs: []int64{1}}},
		"osbuild, list":     {"osbuildImage", `{"koji_builds": [5]}`, koji.Result{BuildIDs: []int64{5}}},
		"repository":        {"newRepo", `[16, 898]`, koji.Result{RepoID: 16, EventID: 898}},
		"repository alone":  {"newRepo", `[16]`, koji.Result{RepoID: 16}},
		"awaited":           {"waitrepo", `{"id": 1, "tag_name": "f44-build"}`, koji.Result{RepoID: 1}},
		"nobody reads this": {"livecd", `"hotovo"`, koji.Result{}},
	} {
		t.Run(name, func(t *testing.T) {
			v, err := values(c.result)
			if err != nil {
				t.Fatal(err)
			}
			got := ParseResult(c.method, v)
			if !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
			if !reflect.DeepEqual(got, koji.Result{}) && !ResultMatters(c.method) {
				t.Errorf("a decoder would skip the results of %s", c.method)
			}
		})
	}
}

func TestParseResultOfAnyKind(t *testing.T) {
	for method := range methods {
		for _, v := range []any{nil, true, int64(5), 1.5, "x", []any{}, []any{nil, "x"}, map[string]any{},
			map[string]any{"srpm": int64(1), "srpms": "x", "source": "x", "koji": int64(4), "koji_builds": "5", "id": "x"}} {
			if got := ParseResult(method, v); method != "newRepo" && method != "waitrepo" && !reflect.DeepEqual(got, koji.Result{}) {
				t.Errorf("%s: %v read as %+v", method, v, got)
			}
		}
	}
}
