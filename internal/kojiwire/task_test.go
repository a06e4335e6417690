package kojiwire

import (
	"reflect"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/taskrequest"
	"github.com/kojiwatch/kojiwatch/koji"
)

const (
	closedTask = `{"arch": "noarch", "awaited": null, "channel_id": 2, "completion_time": "2026-11-22 07:05:31.889819+00:00",
		"completion_ts": 1795331131.889819, "create_time": "2026-11-22 06:07:39.664605+00:00", "create_ts": 1795327659.664605,
		"host_id": 1, "id": 2, "label": "x86_64", "method": "createrepo", "owner": 2, "parent": 1, "priority": 14,
		"start_time": "2026-11-22 06:11:33.141505+00:00", "start_ts": 1795327893.141505, "state": 2, "waiting": null,
		"weight": 4.41, "request": null, "result": null}`
	newTask = `{"priority": 15, "channel": "createrepo", "arch": "noarch", "owner": 2, "label": null, "parent": null,
		"channel_id": 2, "request": "<?xml version='1.0'?>", "state": 0, "method": "newRepo", "id": 1, "assign": 3}`
	fedoraTask = `{"arch": "noarch", "awaited": null, "channel_id": 1, "completion_time": null, "create_time": 1795333174.0,
		"host_id": 1, "id": 535, "label": null, "method": "build", "owner": "alice", "parent": null, "priority": 25,
		"start_time": null, "state": 4, "waiting": true, "host_name": "builder1.lab.test",
		"url": "https://koji.lab.test/koji/taskinfo?taskID=535", "result": null}`
)

func TestTaskSet(t *testing.T) {
	bothWays(t, func(t *testing.T, backwards bool) {
		for name, c := range map[string]struct {
			record string
			want   koji.Task
		}{
			"closed": {closedTask, koji.Task{
				ID: 2, Parent: 1, Method: "createrepo", State: koji.TaskClosed, Label: "x86_64", Arch: "noarch",
				Owner: koji.Ref{ID: 2}, Channel: koji.Ref{ID: 2}, Host: koji.Ref{ID: 1}, Priority: koji.Some[int64](14), Weight: koji.Some(4.41),
				Created: utc(t, "2026-11-22T06:07:39.664605Z"), Started: utc(t, "2026-11-22T06:11:33.141505Z"),
				Ended: utc(t, "2026-11-22T07:05:31.889819Z"),
			}},
			"new": {newTask, koji.Task{
				ID: 1, Method: "newRepo", State: koji.TaskFree, Arch: "noarch", Owner: koji.Ref{ID: 2},
				Channel: koji.Ref{ID: 2, Name: "createrepo"}, Host: koji.Ref{ID: 3}, Priority: koji.Some[int64](15),
			}},
			"of Fedora": {fedoraTask, koji.Task{
				ID: 535, Method: "build", State: koji.TaskAssigned, Arch: "noarch", Owner: koji.Ref{Name: "alice"},
				Channel: koji.Ref{ID: 1}, Host: koji.Ref{ID: 1, Name: "builder1.lab.test"}, Priority: koji.Some[int64](25), Waiting: koji.Some(true),
				Created: utc(t, "2026-11-22T07:39:34Z"), URL: "https://koji.lab.test/koji/taskinfo?taskID=535",
			}},
			"of listTasks": {`{"id": 7, "owner": 4, "owner_name": "bob", "state": "OPEN", "method": "siteMethod", "weight": 2}`, koji.Task{
				ID: 7, Method: "siteMethod", State: koji.TaskOpen, Owner: koji.Ref{ID: 4, Name: "bob"}, Weight: koji.Some(2.0),
			}},
			"that does not fit": {`{"id": "x", "parent": -1, "method": 5, "state": 17, "label": 4, "arch": {}, "owner": 1.5,
				"channel_id": 0, "priority": "high", "weight": "1", "waiting": "maybe", "create_ts": 1e300, "start_time": "soon",
				"completion_time": true, "host_id": null, "url": 4, "surprise": 4}`, koji.Task{}},
		} {
			t.Run(name, func(t *testing.T) {
				var got koji.Task
				setAll(t, c.record, backwards, &got, SetTask)
				if !reflect.DeepEqual(got, c.want) {
					t.Errorf("\n got %+v\nwant %+v", got, c.want)
				}
			})
		}
	})
}

// TestTaskSetPrefersNumbersOfSeconds uses texts in another time zone than UTC, which may be
// wrong; numbers never are.
func TestTaskSetPrefersNumbersOfSeconds(t *testing.T) {
	want := utc(t, "2026-11-22T06:07:39.664605Z")
	bothWays(t, func(t *testing.T, backwards bool) {
		var got koji.Task
		setAll(t, `{"create_time": "2026-11-22 08:07:39.664605", "create_ts": 1795327659.664605,
			"start_time": "2026-11-22 06:07:39.664605", "start_ts": null}`, backwards, &got, SetTask)
		if !got.Created.Equal(want) || !got.Started.Equal(want) {
			t.Errorf("got %v and %v, want %v", got.Created, got.Started, want)
		}
	})
}

func TestTaskSetDoesNotAllocate(t *testing.T) {
	fields := map[string]Scalar{
		"id": Int(5), "method": Text([]byte("buildArch")), "arch": Text([]byte("noarch")), "label": Text([]byte("srpm")),
		"create_ts": Float(1795327659.664605), "start_time": Text([]byte("2026-11-22 06:11:33.141505+00:00")),
		"state": Int(1), "weight": Float(1.5), "channel": Text([]byte("default")), "owner": Int(4),
	}
	names := make(map[string][]byte)
	for name := range fields {
		names[name] = []byte(name)
	}
	var task koji.Task
	if n := testing.AllocsPerRun(100, func() {
		for name, v := range fields {
			SetTask(&task, names[name], v)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestTaskAnswers(t *testing.T) {
	bare := koji.Task{Method: "neznámáMetoda", Label: "x86_64", Arch: "x86_64"}
	if bare.Package() != "" || bare.NVR() != "" || bare.Source() != "" || bare.Scratch().Known || bare.Arches() != nil ||
		!bare.Tag().IsZero() || !bare.Target().IsZero() || bare.BuildID() != 0 || bare.RepoID() != 0 || bare.Duration().Known {
		t.Errorf("a task of which nothing is known: %+v", bare)
	}

	rebuilt := koji.Task{
		ID: 4, Method: "rebuildSRPM",
		Request: taskrequest.Parse("rebuildSRPM", []any{"cli-build/1.2.a/zsh-5-1.src.rpm", int64(4), map[string]any{"scratch": true}}),
		Result:  koji.Result{NVR: "zsh-5-1.fc44", Source: "cli-build/1.2.a/zsh-5-1.src.rpm#0a1b"},
	}
	if rebuilt.Package() != "zsh" || rebuilt.NVR() != "zsh-5-1.fc44" || rebuilt.Source() != rebuilt.Result.Source ||
		rebuilt.Scratch() != koji.Some(true) || rebuilt.Tag() != (koji.Ref{ID: 4}) || rebuilt.Ref() != (koji.Ref{ID: 4, Name: "rebuildSRPM"}) {
		t.Errorf("a rebuilt source RPM: %+v", rebuilt)
	}

	// The package of a URL is a guess; that of the source RPM is certain.
	guessed := koji.Task{Request: koji.Request{Package: "specs"}, Result: koji.Result{NVR: "zsh-5-1"}}
	if got := guessed.Package(); got != "zsh" {
		t.Errorf("package %q, want zsh", got)
	}
}

func TestTaskArches(t *testing.T) {
	for name, c := range map[string]struct {
		task koji.Task
		want []string
	}{
		"listed":                {koji.Task{Method: "image", Request: koji.Request{Arches: []string{"a", "b"}}, Arch: "noarch"}, []string{"a", "b"}},
		"named":                 {koji.Task{Method: "buildArch", Request: koji.Request{Arch: "i686"}, Arch: "x86_64", Label: "i686"}, []string{"i686"}},
		"label, no request":     {koji.Task{Method: "buildArch", Label: "i686", Arch: "x86_64"}, []string{"i686"}},
		"label that is no arch": {koji.Task{Method: "buildSRPMFromSCM", Label: "srpm", Arch: "noarch"}, nil},
		"unknown method":        {koji.Task{Method: "x", Label: "y", Arch: "noarch"}, nil},
	} {
		if got := c.task.Arches(); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestTaskBuildAndRepo(t *testing.T) {
	made := koji.Task{Request: koji.Request{BuildID: 3, RepoID: 4}, Result: koji.Result{BuildIDs: []int64{8}, RepoID: 9}}
	if made.BuildID() != 8 || made.RepoID() != 9 {
		t.Errorf("made build %d, repository %d; want 8, 9", made.BuildID(), made.RepoID())
	}
	given := koji.Task{Request: koji.Request{BuildID: 3, RepoID: 4}, Result: koji.Result{BuildIDs: []int64{8, 9}}}
	if given.BuildID() != 3 || given.RepoID() != 4 {
		t.Errorf("given build %d, repository %d; want 3, 4", given.BuildID(), given.RepoID())
	}
}

func TestTaskDuration(t *testing.T) {
	at := utc(t, "2026-11-22T06:00:00Z")
	for name, c := range map[string]struct {
		task koji.Task
		want koji.Opt[time.Duration]
	}{
		"ended":     {koji.Task{Created: at.Add(-time.Hour), Started: at, Ended: at.Add(90 * time.Second)}, koji.Some(90 * time.Second)},
		"running":   {koji.Task{Started: at}, koji.Opt[time.Duration]{}},
		"never run": {koji.Task{Created: at, Ended: at.Add(time.Second)}, koji.Opt[time.Duration]{}},
		"backwards": {koji.Task{Started: at, Ended: at.Add(-time.Second)}, koji.Opt[time.Duration]{}},
		"no time":   {koji.Task{Started: at, Ended: at}, koji.Some(time.Duration(0))},
	} {
		if got := c.task.Duration(); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}
