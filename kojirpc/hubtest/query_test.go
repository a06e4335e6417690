package hubtest_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

type m = map[string]any

// column returns one member of each row of a list.
func column(v any, name string) []any {
	out := []any{}
	rows, _ := v.([]any)
	for _, row := range rows {
		r, _ := row.(m)
		out = append(out, r[name])
	}
	return out
}

func ids(n ...int64) []any {
	out := []any{}
	for _, i := range n {
		out = append(out, i)
	}
	return out
}

func TestLists(t *testing.T) {
	named := func(a m) []any { return []any{xmlrpc.Named(a)} }
	tests := map[string]struct {
		method string
		params []any
		column string
		want   []any
	}{
		"builds by user":           {"listBuilds", named(m{"userID": "bob"}), "build_id", ids(1, 30, 31)},
		"builds by no such user":   {"listBuilds", named(m{"userID": "nobody"}), "build_id", ids()},
		"builds by promoter":       {"listBuilds", named(m{"promoter": 1}), "build_id", ids(6)},
		"builds by state":          {"listBuilds", named(m{"state": 0}), "build_id", ids(5, 59)},
		"builds by prefix":         {"listBuilds", named(m{"prefix": "GoLang"}), "build_id", ids(1, 8)},
		"builds by pattern":        {"listBuilds", named(m{"pattern": "kernel-1?.*"}), "build_id", ids(2, 6)},
		"builds by source":         {"listBuilds", named(m{"source": "*/rhceph#*"}), "build_id", ids(48)},
		"builds with task":         {"listBuilds", named(m{"taskID": -1, "packageID": "rhceph-container"}), "build_id", ids()},
		"builds by type":           {"listBuilds", named(m{"type": "image"}), "build_id", ids(48)},
		"builds by generator":      {"listBuilds", named(m{"cgID": "atomic-reactor"}), "build_id", ids(48)},
		"builds by its number":     {"listBuilds", named(m{"cgID": 1}), "build_id", ids(48)},
		"builds after a time":      {"listBuilds", named(m{"completeAfter": "2026-11-22 07:06:42", "completeBefore": 1795331202.1}), "build_id", ids(6)},
		"builds before a day":      {"listBuilds", named(m{"createdBefore": "2026-05-08"}), "build_id", ids(26)},
		"builds promoted":          {"listBuilds", named(m{"promotedAfter": 1}), "build_id", ids(6)},
		"builds offset and limit":  {"listBuilds", named(m{"packageID": 2, "queryOpts": m{"order": "-build_id", "offset": 1, "limit": 2}}), "build_id", ids(16, 15)},
		"builds beyond the offset": {"listBuilds", named(m{"queryOpts": m{"offset": 1000}}), "build_id", ids()},
		"builds, null last":        {"listBuilds", named(m{"packageID": "rust-ripgrep", "queryOpts": m{"order": "completion_time"}}), "build_id", ids(4, 5)},
		"builds, null first":       {"listBuilds", named(m{"packageID": "rust-ripgrep", "queryOpts": m{"order": "-completion_time"}}), "build_id", ids(5, 4)},
		"tasks by parent":          {"listTasks", []any{m{"parent": 17}}, "id", ids(18, 19, 20, 21, 23)},
		"tasks by parents":         {"listTasks", []any{m{"parent": []any{1, 14}}}, "id", ids(2, 15)},
		"tasks without parent":     {"listTasks", []any{m{"parent": nil, "method": "newRepo"}}, "id", ids(1, 5)},
		"tasks with parent":        {"listTasks", []any{m{"not_parent": nil, "method": "createrepo"}}, "id", ids(2)},
		"tasks not of a host":      {"listTasks", []any{m{"method": "buildArch", "not_host_id": 1}}, "id", ids(20, 21, 52, 53, 128)},
		"tasks by owner":           {"listTasks", []any{m{"owner": 8}}, "id", ids(44)},
		"tasks by arch":            {"listTasks", []any{m{"arch": []any{"aarch64"}}}, "id", ids(20, 52)},
		"tasks not in states":      {"listTasks", []any{m{"method": "buildArch", "not_state": []any{2, 1}}}, "id", ids(53)},
		"tasks begun after":        {"listTasks", []any{m{"startedAfter": 1795331290}}, "id", ids(127, 128)},
		"tasks made before":        {"listTasks", []any{m{"createdBefore": "2026-11-22 05:36:00"}}, "id", ids(71)},
		"tasks ended":              {"listTasks", []any{m{"completedBefore": "2026-11-22 07:05:34"}}, "id", ids(2)},
		"hosts by arch":            {"listHosts", []any{[]any{"s390x", "i686"}}, "id", ids(1, 3)},
		"hosts by part of an arch": {"listHosts", []any{"ppc64"}, "id", ids()},
		"hosts by user":            {"listHosts", named(m{"userID": "builder2.lab.test"}), "id", ids(2)},
		"hosts not ready":          {"listHosts", named(m{"ready": false}), "id", ids()},
		"hosts disabled":           {"listHosts", named(m{"enabled": false}), "id", ids()},
		"channels of a host":       {"listChannels", []any{"builder1.lab.test"}, "name", []any{"default"}},
		"channels of no host":      {"listChannels", []any{99}, "name", ids()},
		"channels disabled":        {"listChannels", named(m{"enabled": false}), "name", []any{"old-and-closed"}},
		"tags by pattern":          {"listTags", named(m{"pattern": "F55*"}), "name", []any{"f55-build", "f55-candidate"}},
		"targets by build tag":     {"getBuildTargets", named(m{"buildTagID": "f55-build"}), "id", ids(1)},
		"targets by destination":   {"getBuildTargets", named(m{"destTagID": 6}), "id", ids(2)},
		"target by name":           {"getBuildTargets", []any{"epel10"}, "id", ids(2)},
		"types of builds":          {"listBTypes", nil, "id", ids(1, 2, 3, 4)},
		"type of builds by id":     {"listBTypes", named(m{"query": m{"id": 2}}), "name", []any{"maven"}},
		"no type of builds":        {"listBTypes", named(m{"query": m{"id": 77}}), "name", ids()},
		"users, the second":        {"listUsers", named(m{"queryOpts": m{"order": "id", "offset": 1, "limit": 1}}), "id", ids(2)},
		"repos by time":            {"repo.query", []any{[]any{[]any{"creation_ts", ">", 1795331131}, []any{"state", "=", 1}}, "**"}, "id", ids()},
		"repos, the newest":        {"repo.query", []any{[]any{[]any{"id", ">=", 1}}, "**", m{"order": "-id", "limit": 1}}, "id", ids(1)},
		"users by prefix":          {"listUsers", named(m{"prefix": "AL"}), "name", []any{"alice"}},
		"hosts among users":        {"listUsers", named(m{"userType": []any{1}, "prefix": "builder1"}), "name", []any{"builder1.lab.test"}},
		"packages by prefix":       {"listPackagesSimple", []any{"rust"}, "package_name", []any{"rust-ripgrep"}},
		"latest builds":            {"getLatestBuilds", []any{"epel10-candidate"}, "id", ids(1)},
		"tagged by owner":          {"listTagged", []any{"epel10-candidate", xmlrpc.Named{"owner": "alice"}}, "id", ids()},
		"tagged by prefix":         {"listTagged", []any{"epel10-candidate", xmlrpc.Named{"prefix": "go", "extra": true}}, "id", ids(1)},
		"tagged in no tag":         {"listTagged", []any{"none", xmlrpc.Named{"strict": false}}, "id", ids()},
	}
	s := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
	c := newClient(t, s.URL)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := column(c.ask(t, test.method, test.params...), test.column)
			if !reflect.DeepEqual(got, test.want) {
				t.Errorf("got %v, want %v", got, test.want)
			}
		})
	}
}

func TestInheritance(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Data: hubtest.Data{
		Tags: []hubtest.Tag{{Name: "child", Parents: []string{"left", "right"}}, {Name: "left", Parents: []string{"root"}}},
		Builds: []hubtest.Build{
			{Package: "a", Version: "1", Release: "1", State: "COMPLETE"},
			{Package: "a", Version: "2", Release: "1", State: "COMPLETE"},
			{Package: "b", Version: "1", Release: "1", State: "COMPLETE"},
			{Package: "b", Version: "2", Release: "1", State: "DELETED"},
		},
		Tagged: []hubtest.Tagged{{Tag: "root", Build: 2}, {Tag: "root", Build: 3}, {Tag: "left", Build: 1}, {Tag: "left", Build: 4}, {Tag: "child", Build: 3}},
	}})
	c := newClient(t, s.URL)
	for _, test := range []struct {
		params []any
		want   []any
	}{
		{[]any{"child"}, []any{"b-1-1"}},
		{[]any{"child", xmlrpc.Named{"inherit": true}}, []any{"b-1-1", "a-1-1", "b-1-1", "a-2-1"}},
		{[]any{"child", xmlrpc.Named{"inherit": true, "latest": true}}, []any{"b-1-1", "a-1-1"}},
		{[]any{"child", xmlrpc.Named{"inherit": true, "latest": 2}}, []any{"b-1-1", "a-1-1", "b-1-1", "a-2-1"}},
		{[]any{"child", xmlrpc.Named{"inherit": true, "package": "a"}}, []any{"a-1-1", "a-2-1"}},
	} {
		if got := column(c.ask(t, "listTagged", test.params...), "nvr"); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%v: got %v, want %v", test.params, got, test.want)
		}
	}
}

func TestCountsAndLists(t *testing.T) {
	c := newClient(t, hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()}).URL)
	count := m{"countOnly": true}
	for _, test := range []struct {
		method string
		params []any
		want   any
	}{
		{"getRPM", []any{99}, nil},
		{"listTasks", []any{m{"method": "buildArch"}, count}, int64(8)},
		{"listTasks", []any{m{}, m{"countOnly": true, "limit": 3}}, int64(3)},
		{"listTags", []any{xmlrpc.Named{"queryOpts": count}}, int64(7)},
		{"getBuildTargets", []any{xmlrpc.Named{"queryOpts": m{"asList": true, "limit": 1}}}, []any{[]any{int64(1), "f55", int64(2), "f55-build", int64(3), "f55-candidate"}}},
	} {
		if got := c.ask(t, test.method, test.params...); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s %v: got %v, want %v", test.method, test.params, got, test.want)
		}
	}
}

func TestTaskResults(t *testing.T) {
	const doc = "PD94bWwgdmVyc2lvbj0nMS4wJz8+PG1ldGhvZFJlc3BvbnNlPjxwYXJhbXM+PHBhcmFtPjx2YWx1ZT48aW50PjU8L2ludD48L3ZhbHVlPjwvcGFyYW0+PC9wYXJhbXM+PC9tZXRob2RSZXNwb25zZT4="
	s := hubtest.Start(t, hubtest.Options{Data: hubtest.Data{Tasks: []hubtest.Task{
		{Method: "m", State: "CLOSED", Result: m{"n": 1}},
		{Method: "m", State: "FAILED", Fault: &hubtest.TaskFault{Code: 1005, String: "build failed"}},
		{Method: "m", State: "CANCELED"},
		{Method: "m", State: "OPEN"},
		{Method: "m", State: "CLOSED", ResultXML: doc, RequestXML: "nonsense"},
		{Method: "m", Output: []hubtest.OutputFile{{Name: "build.log", Size: 1 << 33, Modified: time.Unix(1795331299, 0)}}},
	}}})
	c := newClient(t, s.URL)
	if got := c.ask(t, "getTaskResult", 1); !reflect.DeepEqual(got, m{"n": int64(1)}) {
		t.Errorf("result %v", got)
	}
	if got := c.ask(t, "getTaskResult", 5); got != int64(5) {
		t.Errorf("result in base64: %v", got)
	}
	c.wantFault(t, xmlrpc.Fault{Code: 1005, String: "build failed"}, "getTaskResult", 2)
	c.wantFault(t, xmlrpc.Fault{Code: 1000, String: "Task 3 is canceled"}, "getTaskResult", 3)
	c.wantFault(t, xmlrpc.Fault{Code: 1000, String: "Task 4 is not finished"}, "getTaskResult", 4)
	c.wantFault(t, xmlrpc.Fault{Code: 1000, String: "No such task"}, "getTaskResult", 99)
	if f := c.fault(t, "getTaskRequest", 5); f.Code != 1 {
		t.Errorf("a request that is nonsense: %v", f)
	}
	out, _ := c.ask(t, "multiCall", []xmlrpc.Call{{Method: "getTaskResult", Params: []any{2}}}).([]any)
	if !reflect.DeepEqual(out, []any{m{"faultCode": int64(1005), "faultString": "build failed"}}) {
		t.Errorf("a task's fault in a multiCall: %v", out)
	}
	stat := m{"build.log": m{"st_size": "8589934592", "st_atime": 1795331299.0, "st_mtime": 1795331299.0, "st_ctime": 1795331299.0}}
	if got := c.ask(t, "listTaskOutput", 6, xmlrpc.Named{"stat": true}); !reflect.DeepEqual(got, stat) {
		t.Errorf("output %v", got)
	}
	if got := c.ask(t, "listTaskOutput", 6); !reflect.DeepEqual(got, []any{"build.log"}) {
		t.Errorf("output %v", got)
	}
	if got := c.ask(t, "listTaskOutput", 6, false, true); !reflect.DeepEqual(got, m{"build.log": []any{"DEFAULT"}}) {
		t.Errorf("output with volumes %v", got)
	}
	c.wantFault(t, xmlrpc.Fault{Code: 1000, String: "Task doesn't exist"}, "listTaskOutput", 99, xmlrpc.Named{"strict": true})
}

// TestTaskOutput checks that parts of files are read like in Python.
func TestTaskOutput(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Data: hubtest.Data{Tasks: []hubtest.Task{
		{Method: "m", Output: []hubtest.OutputFile{{Name: "build.log", Content: "0123456789"}, {Name: "big.log", Size: 1 << 33}}},
	}}})
	c := newClient(t, s.URL)
	stat, _ := c.ask(t, "listTaskOutput", 1, true).(m)
	if f, _ := stat["build.log"].(m); f["st_size"] != "10" {
		t.Errorf("sizes %v", stat)
	}
	for name, test := range map[string]struct {
		params []any
		want   string
	}{
		"all":              {[]any{1, "build.log"}, "MDEyMzQ1Njc4OQ=="},
		"from the middle":  {[]any{1, "build.log", 3, 4}, "MzQ1Ng=="},
		"the end":          {[]any{1, "build.log", -3}, "Nzg5"},
		"more than all":    {[]any{1, "build.log", 8, 100}, "ODk="},
		"behind the end":   {[]any{1, "build.log", 11}, ""},
		"a number as text": {[]any{1, "build.log", "9"}, "OQ=="},
		"only a size":      {[]any{1, "big.log", -2, 1}, "AA=="},
	} {
		if got := c.ask(t, "downloadTaskOutput", test.params...); got != test.want {
			t.Errorf("%s: got %v, want %q", name, got, test.want)
		}
	}
	c.wantFault(t, xmlrpc.Fault{Code: 1000, String: `no file "root.log" output by task 1`}, "downloadTaskOutput", 1, "root.log")
	c.wantFault(t, xmlrpc.Fault{Code: 1000, String: `no file "build.log" output by task 99`}, "downloadTaskOutput", 99, "build.log")
	c.wantFault(t, xmlrpc.Fault{Code: 1000, String: "Invalid file name: ../1/build.log"}, "downloadTaskOutput", 1, "../1/build.log")
	if f := c.fault(t, "downloadTaskOutput", 1, "build.log", -11); f.Code != 1 {
		t.Errorf("before the beginning: %v", f)
	}
}

func TestAverages(t *testing.T) {
	begin := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	row := func(id int64, state string, task int64, took time.Duration, extra m) hubtest.Build {
		return hubtest.Build{ID: id, Package: "p", Version: itoa(id), Release: "1", State: state, Task: task, Extra: extra,
			Created: begin, Completed: begin.Add(took)}
	}
	s := hubtest.Start(t, hubtest.Options{
		Clock: func() time.Time { return begin.AddDate(0, 1, 0) },
		Data: hubtest.Data{
			Builds: []hubtest.Build{
				row(1, "COMPLETE", 1, time.Second, nil),
				row(2, "COMPLETE", 0, time.Hour, nil),
				row(3, "FAILED", 1, time.Hour, nil),
				row(4, "COMPLETE", 0, 4*time.Second, m{"container_koji_task_id": 5}),
			},
			Packages: []hubtest.Package{{Name: "other"}},
			Averages: map[string]float64{"other": 7.5},
		},
	})
	c := newClient(t, s.URL)
	for _, test := range []struct {
		params []any
		want   any
	}{
		{[]any{"p"}, 2.5},
		{[]any{2, 2}, 2.5},
		{[]any{"p", 1}, 2.5},
		{[]any{"p", 0}, nil},
		{[]any{"other"}, 7.5},
	} {
		if got := c.ask(t, "getAverageBuildDuration", test.params...); got != test.want {
			t.Errorf("%v: got %v, want %v", test.params, got, test.want)
		}
	}
}

func TestGetRPM(t *testing.T) {
	c := newClient(t, hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()}).URL)
	for _, info := range []any{2, "golang-x-net-2.2-11.1.epel10.x86_64"} {
		if r, _ := c.ask(t, "getRPM", info).(m); r["id"] != int64(2) || r["build_id"] != int64(1) {
			t.Errorf("%v: got %v", info, r)
		}
	}
}
