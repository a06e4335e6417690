package kojiwire

import (
	"reflect"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

const (
	containerBuild = `{"build_id": 48, "cg_id": 1, "completion_time": "2026-11-22 07:06:58.988076+00:00", "completion_ts": 1795331218.988076,
		"creation_event_id": 127, "creation_time": "2026-11-22 07:06:58.683535+00:00", "creation_ts": 1795331218.683535, "draft": false,
		"epoch": null, "id": 48, "name": "rhceph-container", "nvr": "rhceph-container-6-11.52", "owner_id": 7, "owner_name": "李雷",
		"package_id": 10, "package_name": "rhceph-container", "promoter_id": null, "promoter_name": null, "promotion_time": null,
		"promotion_ts": null, "release": "11.52", "source": "git://u:s3cret@src.lab.test/containers/rhceph#a3ce293291a33f642d9f8716e84537921d420712",
		"start_time": "2026-11-22 07:06:58.683535+00:00", "start_ts": 1795331218.683535, "state": 1, "task_id": null, "version": "6",
		"volume_id": 0, "volume_name": "DEFAULT", "cg_name": "atomic-reactor"}`
	taggedBuild = `{"build_id": 1, "completion_time": "2026-11-22 07:05:53.583650+00:00", "create_event": 59, "creation_event_id": 55,
		"creation_time": "2026-11-22 05:41:50.420075+00:00", "draft": true, "epoch": 0, "id": 1, "name": "golang-x-net",
		"nvr": "golang-x-net-2.2-1,draft_1", "owner_id": 4, "owner_name": "bob", "package_id": 1, "package_name": "golang-x-net",
		"release": "1,draft_1", "start_time": null, "state": 1, "tag_id": 6, "tag_name": "epel10-candidate", "task_id": 17,
		"version": "2.2", "volume_id": 0, "volume_name": "DEFAULT"}`
	fedoraBuild = `{"base_url": "https://koji.lab.test", "name": "python-requests", "version": "6.21", "release": "43.1.f44", "epoch": null,
		"attribute": "state", "old": null, "new": 0, "build_id": 189, "task_id": 521, "owner": "Ångström",
		"url": "https://koji.lab.test/koji/buildinfo?buildID=189", "creation_time": "2026-11-22T07:39:32.587332+00:00",
		"completion_time": null, "instance": "primary"}`
)

func TestBuildSet(t *testing.T) {
	bothWays(t, func(t *testing.T, backwards bool) {
		for name, c := range map[string]struct {
			record string
			want   koji.Build
		}{
			"of a content generator": {containerBuild, koji.Build{
				ID: 48, Name: "rhceph-container", Version: "6", Release: "11.52", NVR: "rhceph-container-6-11.52",
				State: koji.BuildComplete, Owner: koji.Ref{ID: 7, Name: "李雷"}, Package: koji.Ref{ID: 10, Name: "rhceph-container"},
				Source: "git://src.lab.test/containers/rhceph#a3ce293291a33f642d9f8716e84537921d420712", Draft: koji.Some(false),
				Volume: "DEFAULT", CG: "atomic-reactor", Created: utc(t, "2026-11-22T07:06:58.683535Z"),
				Started: utc(t, "2026-11-22T07:06:58.683535Z"), Ended: utc(t, "2026-11-22T07:06:58.988076Z"),
			}},
			"draft in a tag": {taggedBuild, koji.Build{
				ID: 1, Name: "golang-x-net", Version: "2.2", Release: "1,draft_1", NVR: "golang-x-net-2.2-1,draft_1",
				Epoch: koji.Some[int64](0), State: koji.BuildComplete, Owner: koji.Ref{ID: 4, Name: "bob"}, Package: koji.Ref{ID: 1, Name: "golang-x-net"},
				TaskID: 17, Draft: koji.Some(true), Volume: "DEFAULT",
				Created: utc(t, "2026-11-22T05:41:50.420075Z"), Ended: utc(t, "2026-11-22T07:05:53.58365Z"),
			}},
			"of Fedora": {fedoraBuild, koji.Build{
				ID: 189, Name: "python-requests", Version: "6.21", Release: "43.1.f44", NVR: "python-requests-6.21-43.1.f44",
				Owner: koji.Ref{Name: "Ångström"}, Package: koji.Ref{Name: "python-requests"}, TaskID: 521,
				URL: "https://koji.lab.test/koji/buildinfo?buildID=189", Created: utc(t, "2026-11-22T07:39:32.587332Z"),
			}},
			"package's name only": {`{"package_name": "zsh", "version": "5", "state": "FAILED"}`, koji.Build{
				Name: "zsh", Version: "5", Package: koji.Ref{Name: "zsh"}, State: koji.BuildFailed,
			}},
			"that does not fit": {`{"id": -4, "nvr": 4, "epoch": "x", "state": 9, "source": 4, "draft": [], "task_id": 0,
				"creation_ts": "x", "owner_id": "bob", "surprise": true}`, koji.Build{}},
		} {
			t.Run(name, func(t *testing.T) {
				var got koji.Build
				setAll(t, c.record, backwards, &got, SetBuild)
				CompleteBuild(&got)
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("\n got %+v\nwant %+v", got, c.want)
				}
			})
		}
	})
}

func TestBuildSetExtra(t *testing.T) {
	set := func(b *koji.Build, pairs ...any) {
		for i := 0; i < len(pairs); i += 2 {
			SetBuildExtra(b, []byte(pairs[i].(string)), scalarOf(pairs[i+1]))
		}
	}
	var b koji.Build
	set(&b, "container_koji_task_id", int64(65), "submitter", "osbs", "image", nil, "typeinfo.image", nil,
		"typeinfo.operator-manifests", nil, "typeinfo.", nil, "custom_user_metadata", "x", "source", "x",
		"source.original_url", "git://u:p@src.lab.test/rhceph#main")
	want := koji.Build{
		TaskID: 65, Submitter: "osbs", Types: []string{"image", "operator-manifests"}, Requested: "git://src.lab.test/rhceph#main",
	}
	if !reflect.DeepEqual(b, want) {
		t.Errorf("\n got %+v\nwant %+v", b, want)
	}

	digits := koji.Build{}
	set(&digits, "container_koji_task_id", "65")
	known := koji.Build{TaskID: 7}
	set(&known, "container_koji_task_id", int64(65))
	odd := koji.Build{}
	set(&odd, "container_koji_task_id", "soon", "submitter", int64(4), "source.original_url", nil)
	if digits.TaskID != 65 || known.TaskID != 7 || !reflect.DeepEqual(odd, koji.Build{}) {
		t.Errorf("digits %d, known %d, odd %+v", digits.TaskID, known.TaskID, odd)
	}
	for member, want := range map[string]bool{
		"container_koji_task_id": true, "submitter": true, "source": true, "typeinfo": true, "image": true,
		"custom_user_metadata": false, "osbs_build": false, "": false,
	} {
		if got := ExtraMatters([]byte(member)); got != want {
			t.Errorf("ExtraMatters(%q) = %v", member, got)
		}
	}
}

func TestBuildDuration(t *testing.T) {
	at := utc(t, "2026-11-22T06:00:00Z")
	for name, c := range map[string]struct {
		build koji.Build
		want  koji.Opt[time.Duration]
	}{
		"from its start":         {koji.Build{Created: at, Started: at.Add(time.Minute), Ended: at.Add(time.Hour)}, koji.Some(59 * time.Minute)},
		"from its creation":      {koji.Build{Created: at, Ended: at.Add(time.Hour)}, koji.Some(time.Hour)},
		"not ended":              {koji.Build{Created: at, Started: at}, koji.Opt[time.Duration]{}},
		"imported, not reserved": {koji.Build{Created: at.Add(time.Second), Ended: at}, koji.Opt[time.Duration]{}},
		"start after end":        {koji.Build{Created: at, Started: at.Add(time.Hour), Ended: at.Add(time.Minute)}, koji.Opt[time.Duration]{}},
		"nothing known":          {koji.Build{}, koji.Opt[time.Duration]{}},
	} {
		if got := c.build.Duration(); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
