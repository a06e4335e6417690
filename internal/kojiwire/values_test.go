package kojiwire

import (
	"math"
	"reflect"
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

func TestValuesSet(t *testing.T) {
	bothWays(t, func(t *testing.T, backwards bool) {
		var user koji.User
		setAll(t, `{"id": 1, "name": "koji-admin", "status": 0, "usertype": 0, "krb_principals": ["koji-admin@KOJI.TEST"]}`, backwards, &user, SetUser)
		check(t, user, koji.User{ID: 1, Name: "koji-admin", Status: koji.UserActive, Type: koji.UserNormal, KrbPrincipals: []string{"koji-admin@KOJI.TEST"}})

		var tag koji.Tag
		setAll(t, `{"arches": "x86_64 aarch64 ppc64le", "id": 2, "locked": false, "maven_include_all": false,
			"name": "f55-build", "perm": "admin", "perm_id": 1, "extra": {}}`, backwards, &tag, SetTag)
		check(t, tag, koji.Tag{ID: 2, Name: "f55-build", Arches: []string{"x86_64", "aarch64", "ppc64le"}, Locked: koji.Some(false), Perm: koji.Ref{ID: 1, Name: "admin"}})

		var dest koji.Tag
		setAll(t, `{"arches": "", "id": 6, "locked": true, "name": "epel10-candidate", "perm": null, "perm_id": null}`, backwards, &dest, SetTag)
		check(t, dest, koji.Tag{ID: 6, Name: "epel10-candidate", Locked: koji.Some(true)})

		var target koji.Target
		setAll(t, `{"build_tag": 2, "build_tag_name": "f55-build", "dest_tag": 3, "dest_tag_name": "f55-candidate", "id": 1, "name": "f55"}`, backwards, &target, SetTarget)
		check(t, target, koji.Target{ID: 1, Name: "f55", BuildTag: koji.Ref{ID: 2, Name: "f55-build"}, DestTag: koji.Ref{ID: 3, Name: "f55-candidate"}})

		var pkg koji.Package
		setAll(t, `{"id": 8, "name": "kůň-11"}`, backwards, &pkg, SetPackage)
		check(t, pkg, koji.Package{ID: 8, Name: "kůň-11"})

		var channel koji.Channel
		setAll(t, `{"comment": null, "description": "old hosts", "enabled": true, "id": 1, "name": "default"}`, backwards, &channel, SetChannel)
		check(t, channel, koji.Channel{ID: 1, Name: "default", Description: "old hosts", Enabled: koji.Some(true)})

		var host koji.Host
		setAll(t, `{"arches": "x86_64 i686", "capacity": 4.0, "comment": null, "description": null, "enabled": true, "id": 1,
			"name": "builder1.lab.test", "ready": false, "task_load": 0.1, "update_ts": 1795331299.450058, "user_id": 11}`, backwards, &host, SetHost)
		check(t, host, koji.Host{ID: 1, Name: "builder1.lab.test", UserID: 11, Arches: []string{"x86_64", "i686"}, Capacity: koji.Some(4.0), Load: koji.Some(0.1),
			Enabled: koji.Some(true), Ready: koji.Some(false), Updated: utc(t, "2026-11-22T07:08:19.450058Z")})

		var repo koji.Repo
		setAll(t, `{"begin_event": 42, "begin_ts": 1795331130.25853, "create_event": 51, "create_ts": 1795331130.990832,
			"creation_time": "2026-11-22 07:05:30.984459+00:00", "creation_ts": 1795331130.984459, "custom_opts": {}, "dist": false,
			"end_event": null, "id": 1, "opts": {"src": false}, "state": 1, "state_time": "2026-11-22 07:05:33.939260+00:00",
			"state_ts": 1795331133.93926, "tag_id": 5, "tag_name": "epel10-build", "task_id": 1, "task_state": 2}`, backwards, &repo, SetRepo)
		check(t, repo, koji.Repo{ID: 1, Tag: koji.Ref{ID: 5, Name: "epel10-build"}, State: koji.RepoReady, TaskID: 1, Dist: koji.Some(false), EventID: 51,
			Created: utc(t, "2026-11-22T07:05:30.984459Z"), Changed: utc(t, "2026-11-22T07:05:33.93926Z")})

		var rpm koji.RPM
		setAll(t, `{"arch": "src", "build_id": 52, "buildroot_id": null, "buildtime": 1795331267, "draft": false, "epoch": null,
			"external_repo_id": 0, "external_repo_name": "INTERNAL", "extra": null, "id": 9, "metadata_only": false, "name": "imported-pkg",
			"payloadhash": "8290cc51a801714afa87b32fc9de9695", "release": "11.56", "size": 6422, "version": "9.55"}`, backwards, &rpm, SetRPM)
		check(t, rpm, koji.RPM{ID: 9, BuildID: 52, Name: "imported-pkg", Version: "9.55", Release: "11.56", Arch: "src", Size: koji.Some[int64](6422),
			Built: utc(t, "2026-11-22T07:07:47Z"), PayloadHash: "8290cc51a801714afa87b32fc9de9695", Draft: koji.Some(false)})
	})
}

func check[T any](t *testing.T, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
}

func TestSetKeepsNoNumberThatIsNone(t *testing.T) {
	var task koji.Task
	for _, f := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		SetTask(&task, []byte("weight"), Float(f))
		SetTask(&task, []byte("priority"), Float(f))
		SetTask(&task, []byte("create_ts"), Float(f))
	}
	check(t, task, koji.Task{})
}

func TestValuesRef(t *testing.T) {
	b := koji.Build{ID: 1, NVR: "zsh-5-1"}
	for _, c := range []struct{ got, want koji.Ref }{
		{(&koji.User{ID: 1, Name: "a"}).Ref(), koji.Ref{ID: 1, Name: "a"}},
		{(&koji.Tag{ID: 2, Name: "b"}).Ref(), koji.Ref{ID: 2, Name: "b"}},
		{(&koji.Target{ID: 3, Name: "c"}).Ref(), koji.Ref{ID: 3, Name: "c"}},
		{(&koji.Package{ID: 4, Name: "d"}).Ref(), koji.Ref{ID: 4, Name: "d"}},
		{(&koji.Channel{ID: 5, Name: "e"}).Ref(), koji.Ref{ID: 5, Name: "e"}},
		{(&koji.Host{ID: 6, Name: "f"}).Ref(), koji.Ref{ID: 6, Name: "f"}},
		{(&koji.Repo{ID: 7, Tag: koji.Ref{Name: "g"}}).Ref(), koji.Ref{ID: 7, Name: "g"}},
		{(&koji.RPM{ID: 8, Name: "h", Version: "1", Release: "2", Arch: "src"}).Ref(), koji.Ref{ID: 8, Name: "h-1-2.src"}},
		{(&koji.RPM{ID: 8, Name: "h", Version: "1", Arch: "src"}).Ref(), koji.Ref{ID: 8}},
		{b.Ref(), koji.Ref{ID: 1, Name: "zsh-5-1"}},
	} {
		if c.got != c.want {
			t.Errorf("got %+v, want %+v", c.got, c.want)
		}
	}
}

func TestScalar(t *testing.T) {
	for name, c := range map[string]struct {
		v     Scalar
		any   any
		n     int64
		isInt bool
		f     float64
		isNum bool
		truth bool
		isYN  bool
	}{
		"null":          {v: Null()},
		"true":          {v: Bool(true), any: true, truth: true, isYN: true},
		"false":         {v: Bool(false), any: false, isYN: true},
		"whole":         {v: Int(-5), any: int64(-5), n: -5, isInt: true, f: -5, isNum: true, truth: true, isYN: true},
		"zero":          {v: Int(0), any: int64(0), isInt: true, isNum: true, isYN: true},
		"whole float":   {v: Float(7), any: 7.0, n: 7, isInt: true, f: 7, isNum: true, truth: true, isYN: true},
		"float":         {v: Float(1.5), any: 1.5, f: 1.5, isNum: true, truth: true, isYN: true},
		"huge float":    {v: Float(1e30), any: 1e30, f: 1e30, isNum: true, truth: true, isYN: true},
		"digits":        {v: Text([]byte("65")), any: "65", n: 65, isInt: true},
		"text":          {v: Text([]byte("x")), any: "x"},
		"text of True":  {v: Text([]byte("True")), any: "True", truth: true, isYN: true},
		"text of False": {v: Text([]byte("False")), any: "False", isYN: true},
	} {
		n, isInt := c.v.Int64()
		f, isNum := c.v.Float64()
		truth, isYN := c.v.Truth()
		if got := c.v.Any(); got != c.any || n != c.n || isInt != c.isInt || f != c.f || isNum != c.isNum || truth != c.truth || isYN != c.isYN {
			t.Errorf("%s: any %v, int %v %v, float %v %v, truth %v %v", name, got, n, isInt, f, isNum, truth, isYN)
		}
		if c.v.IsNull() != (c.any == nil) {
			t.Errorf("%s: IsNull is %v", name, c.v.IsNull())
		}
		if text, isText := c.any.(string); c.v.IsText() != isText || c.v.Str() != text {
			t.Errorf("%s: IsText is %v, Str %q", name, c.v.IsText(), c.v.Str())
		}
	}
}

func TestStates(t *testing.T) {
	tasks := map[int64]string{0: "FREE", 1: "OPEN", 2: "CLOSED", 3: "CANCELED", 4: "ASSIGNED", 5: "FAILED"}
	builds := map[int64]string{0: "BUILDING", 1: "COMPLETE", 2: "DELETED", 3: "FAILED", 4: "CANCELED"}
	repos := map[int64]string{0: "INIT", 1: "READY", 2: "EXPIRED", 3: "DELETED", 4: "PROBLEM"}
	for n := int64(-3); n < 9; n++ {
		checkState(t, "task", n, tasks[n], koji.TaskStateOf(n), koji.TaskStateNamed)
		checkState(t, "build", n, builds[n], koji.BuildStateOf(n), koji.BuildStateNamed)
		checkState(t, "repository", n, repos[n], koji.RepoStateOf(n), koji.RepoStateNamed)
	}
	for name, final := range map[string]bool{"FREE": false, "OPEN": false, "ASSIGNED": false, "CLOSED": true, "CANCELED": true, "FAILED": true, "": false} {
		if koji.TaskStateNamed(name).Final() != final {
			t.Errorf("task %q: Final is %v", name, !final)
		}
	}
	for name, final := range map[string]bool{"BUILDING": false, "COMPLETE": true, "DELETED": true, "FAILED": true, "CANCELED": true, "": false} {
		if koji.BuildStateNamed(name).Final() != final {
			t.Errorf("build %q: Final is %v", name, !final)
		}
	}
	if s := koji.TaskState(200); s.String() != "" || s.Number() != -1 {
		t.Errorf("state 200 is %q, %d", s, s.Number())
	}
	if koji.UserHost.String() != "HOST" || koji.UserBlocked.String() != "BLOCKED" || koji.UserType(9).String() != "" {
		t.Error("names of kinds of user are wrong")
	}
}

type state interface {
	comparable
	String() string
	Number() int
}

// checkState checks that a state has a number and a name, or neither.
func checkState[S state](t *testing.T, what string, n int64, name string, s S, named func(string) S) {
	t.Helper()
	var unknown S
	switch {
	case name == "" && (s != unknown || s.String() != "" || s.Number() != -1):
		t.Errorf("%s %d: got %v, want none", what, n, s)
	case name != "" && (s.String() != name || s.Number() != int(n) || named(name) != s):
		t.Errorf("%s %d: got %q, %d; want %q", what, n, s.String(), s.Number(), name)
	}
	if named(name+"x") != unknown {
		t.Errorf("%s: a state is named %q", what, name+"x")
	}
}
