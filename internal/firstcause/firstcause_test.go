package firstcause

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

var now = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

const (
	seeLogs = "BuildError: error building package (arch s390x), mock exited with status 1; see build.log or root.log for more information"
	noted   = "BuildError: error building package (arch i686), mock exited with status 1; see build.log or root.log for more information"
	log     = "Executing(%build): /bin/sh -e /var/tmp/rpm-tmp.x\nsrc/a.c:1:2: error: 'x' undeclared\n" +
		"error: Bad exit status from /var/tmp/rpm-tmp.x (%build)\n"
)

// data returns the data of a hub on which builds have failed in different ways.
func data() hubtest.Data {
	d := hubtest.Data{Hosts: []hubtest.Host{{ID: 7, Name: "s390-01.example.com"}}}
	add := func(id, parent int64, method, arch string, ended time.Duration, fault string, files ...hubtest.OutputFile) {
		t := hubtest.Task{ID: id, Parent: parent, Method: method, Arch: arch, Label: arch, Host: "s390-01.example.com", State: "FAILED",
			Created: now, Started: now, Completed: now.Add(ended), Output: files, Fault: &hubtest.TaskFault{Code: 1005, String: fault}}
		if method == "buildArch" {
			t.Request = []any{"tasks/1/bash-5.3-1.fc44.src.rpm", 1, arch}
		}
		if fault == "" {
			t.Fault, t.State = nil, "CLOSED"
		}
		d.Tasks = append(d.Tasks, t)
	}
	long := hubtest.OutputFile{Name: "build.log", Content: strings.Repeat("gcc goes on and on\n", 100_000) + log + strings.Repeat("x\n", 400)}
	add(1, 0, "build", "noarch", 9*time.Minute, seeLogs)
	add(2, 1, "buildArch", "x86_64", 8*time.Minute, "")
	add(3, 1, "buildArch", "s390x", 5*time.Minute, seeLogs, long, hubtest.OutputFile{Name: "root.log", Content: "nothing\n"})
	add(4, 1, "buildArch", "i686", 6*time.Minute, noted, hubtest.OutputFile{Name: "build.log", Content: "another\n"})
	add(10, 0, "build", "noarch", 9*time.Minute, "BuildError: package bash not in list for tag f44")
	add(11, 10, "buildArch", "i686", 6*time.Minute, noted)
	add(20, 0, "image", "noarch", 9*time.Minute, "GenericError: all subtasks failed")
	add(21, 20, "createImage", "aarch64", 8*time.Minute, "GenericError: second")
	add(22, 20, "createImage", "x86_64", 7*time.Minute, "GenericError: first")
	add(30, 0, "chainbuild", "noarch", 9*time.Minute, seeLogs)
	add(31, 30, "build", "noarch", 8*time.Minute, seeLogs)
	add(32, 31, "buildArch", "s390x", 7*time.Minute, seeLogs, hubtest.OutputFile{Name: "root.log", Content: "DEBUG util.py:461:  No match for argument: nosuch-devel\n"})
	add(40, 0, "build", "noarch", time.Minute, "")
	return d
}

func start(t *testing.T) (*Finder, *hubtest.Server) {
	t.Helper()
	hub := hubtest.Start(t, hubtest.Options{Data: data()})
	c, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(t.Context()) })
	web, err := koji.NewWeb("https://koji.example.com/koji")
	if err != nil {
		t.Fatal(err)
	}
	return New(c.API, web), hub
}

func TestFind(t *testing.T) {
	finder, _ := start(t)
	const page = "https://koji.example.com/koji/"
	for name, test := range map[string]struct {
		id   int64
		want event.Failure
	}{
		"the child whose fault the parent has": {1, event.Failure{Task: 3, Arch: "s390x", Host: "s390-01.example.com", Log: "build.log",
			Line: "src/a.c:1:2: error: 'x' undeclared", URL: page + "getfile?taskID=3&volume=DEFAULT&name=build.log", Kind: "compile"}},
		"itself": {3, event.Failure{Task: 3, Arch: "s390x", Host: "s390-01.example.com", Log: "build.log",
			Line: "src/a.c:1:2: error: 'x' undeclared", URL: page + "getfile?taskID=3&volume=DEFAULT&name=build.log", Kind: "compile"}},
		"the parent, though a child failed, too": {10, event.Failure{Task: 10, Arch: "noarch", Host: "s390-01.example.com",
			Line: "BuildError: package bash not in list for tag f44", URL: page + "taskinfo?taskID=10", Kind: "policy"}},
		"the first of several": {20, event.Failure{Task: 22, Arch: "x86_64", Host: "s390-01.example.com",
			Line: "GenericError: first", URL: page + "taskinfo?taskID=22", Kind: "other"}},
		"a child's child": {30, event.Failure{Task: 32, Arch: "s390x", Host: "s390-01.example.com", Log: "root.log",
			Line: "No match for argument: nosuch-devel", URL: page + "getfile?taskID=32&volume=DEFAULT&name=root.log", Kind: "dependency"}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := finder.Find(t.Context(), test.id)
			if err != nil || *got != test.want {
				t.Errorf("got %+v, %v\nwant %+v", got, err, test.want)
			}
		})
	}
}

// TestFindNothing checks that a task that has not failed is not found, and that an offline
// hub is an error.
func TestFindNothing(t *testing.T) {
	finder, hub := start(t)
	for _, id := range []int64{40, 99} {
		if _, err := finder.Find(t.Context(), id); !errors.Is(err, koji.ErrNotFound) {
			t.Errorf("task %d: %v", id, err)
		}
	}
	hub.Inject(hubtest.Failure{Effect: hubtest.Fault(1014, "server is offline")})
	if _, err := finder.Find(t.Context(), 1); !errors.Is(err, kojirpc.CodeServerOffline) {
		t.Errorf("the hub is offline: %v", err)
	}
}

// TestAsksLittle checks the number of calls to the hub for one failure.
func TestAsksLittle(t *testing.T) {
	finder, hub := start(t)
	if _, err := finder.Find(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	s := hub.Stats()
	want := map[string]int{"getTaskInfo": 1, "getTaskDescendents": 1, "getTaskResult": 3, "listTaskOutput": 1, "getHost": 1, "downloadTaskOutput": 1}
	for method, calls := range want {
		if got := s.Calls[method]; got != calls {
			t.Errorf("%s: called %d times, want %d", method, got, calls)
		}
	}
	if s.Called() != 8 || s.Requests > 6 {
		t.Errorf("%d requests for calls %v", s.Requests, s.Calls)
	}
}

// TestReadsOnce checks that a subtask and its parents have the same failure, and that its
// logs are read once.
func TestReadsOnce(t *testing.T) {
	finder, hub := start(t)
	for _, id := range []int64{3, 1, 3} {
		if found, err := finder.Find(t.Context(), id); err != nil || found.Task != 3 {
			t.Errorf("task %d: %+v, %v", id, found, err)
		}
	}
	if s := hub.Stats(); s.Calls["downloadTaskOutput"] != 1 || s.Calls["listTaskOutput"] != 1 {
		t.Errorf("calls %v", s.Calls)
	}
}

// TestLogsAreGone checks that the fault explains the failure if the hub no longer has the
// logs.
func TestLogsAreGone(t *testing.T) {
	finder, hub := start(t)
	hub.Inject(hubtest.Failure{Method: "downloadTaskOutput", Effect: hubtest.Fault(1000, "no file")})
	got, err := finder.Find(t.Context(), 3)
	if err != nil || got.Log != "" || !strings.HasPrefix(got.Line, "BuildError: error building package") {
		t.Errorf("got %+v, %v", got, err)
	}
}
