package show

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// data is a hub on which a build of bash goes on and one has failed.
func data() hubtest.Data {
	const url = "git+https://src.example.com/rpms/bash#0123456789012345678901234567890123456789"
	start := now.Add(-12 * time.Minute)
	d := hubtest.Data{
		Tags:    []hubtest.Tag{{ID: 7, Name: "f44-build", Arches: "x86_64 s390x"}, {ID: 8, Name: "f44"}},
		Targets: []hubtest.Target{{Name: "f44", BuildTag: "f44-build", DestTag: "f44"}},
		Users:   []hubtest.User{{ID: 1, Name: "alice"}, {ID: 2, Name: "mallory\u202e"}},
		Hosts: []hubtest.Host{
			{ID: 1, Name: "buildvm-x86-01.example.com", Arches: "x86_64", Ready: true, Channels: []string{"default"}, Updated: now},
			{ID: 2, Name: "buildvm-s390x-01.example.com", Arches: "s390x", Ready: true, Channels: []string{"default"}, Updated: now},
		},
		Averages: map[string]float64{"bash": 1500},
	}
	add := func(t hubtest.Task) {
		t.Owner, t.Created = "alice", start
		if t.State != "FREE" {
			t.Started = start.Add(time.Minute)
		}
		d.Tasks = append(d.Tasks, t)
	}
	srpm := "tasks/1/bash-5.3-1.fc44.src.rpm"
	add(hubtest.Task{ID: 1, Method: "build", State: "OPEN", Host: "buildvm-x86-01.example.com", Request: []any{url, "f44", map[string]any{}}})
	add(hubtest.Task{ID: 2, Parent: 1, Method: "buildSRPMFromSCM", Label: "srpm", State: "CLOSED", Host: "buildvm-x86-01.example.com", Completed: start.Add(2 * time.Minute), Request: []any{url, 7}})
	add(hubtest.Task{ID: 3, Parent: 1, Method: "buildArch", Label: "x86_64", Arch: "x86_64", State: "OPEN", Host: "buildvm-x86-01.example.com", Request: []any{srpm, 7, "x86_64"}})
	add(hubtest.Task{ID: 4, Parent: 1, Method: "buildArch", Label: "s390x", Arch: "s390x", State: "FREE", Request: []any{srpm, 7, "s390x"}})
	fault := &hubtest.TaskFault{Code: 1005, String: "BuildError: error building package (arch s390x), mock exited with status 1; see build.log or root.log for more information"}
	add(hubtest.Task{ID: 11, Method: "build", State: "FAILED", Host: "buildvm-x86-01.example.com", Completed: now, Request: []any{url, "f44", map[string]any{}}, Fault: fault})
	add(hubtest.Task{ID: 12, Parent: 11, Method: "buildArch", Label: "s390x", Arch: "s390x", State: "FAILED", Host: "buildvm-s390x-01.example.com", Completed: now, Request: []any{srpm, 7, "s390x"}, Fault: fault, Output: []hubtest.OutputFile{
		{Name: "build.log", Content: strings.Repeat("gcc -O2 -c lib.c\n", 1000) + "eval.c:88:9: error: 'word\u202e' undeclared\nmake: *** [Makefile:12: eval.o] Error 1\n"},
	}})
	d.Builds = []hubtest.Build{
		{ID: 70, Package: "bash", Version: "5.2", Release: "9.fc44", State: "COMPLETE", Owner: "mallory\u202e", Created: now.Add(-48 * time.Hour), Completed: now.Add(-47 * time.Hour)},
		{ID: 71, Package: "bash", Version: "5.3", Release: "1.fc44", Task: 1, Owner: "alice", Created: start.Add(2 * time.Minute), Started: start.Add(2 * time.Minute), Source: url},
	}
	d.Tagged = []hubtest.Tagged{{Tag: "f44", Build: 70}}
	return d
}

func read(t *testing.T, word string) *Sheet {
	t.Helper()
	clock := func() time.Time { return now }
	hub := hubtest.Start(t, hubtest.Options{Data: data(), Clock: clock})
	c, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(t.Context()) })
	web, err := koji.NewWeb("https://koji.example.com/koji")
	if err != nil {
		t.Fatal(err)
	}
	thing, err := c.Find(t.Context(), word)
	if err != nil {
		t.Fatal(err)
	}
	r := Reader{API: c.API, Web: web, Now: clock}
	sheet, err := r.Read(t.Context(), thing)
	if err != nil {
		t.Fatal(err)
	}
	return sheet
}

// TestScreens holds what is shown to golden files, at the widths of narrow and of wide
// terminals.
func TestScreens(t *testing.T) {
	for name, word := range map[string]string{
		"task": "1", "failed": "11", "build": "bash-5.3-1.fc44", "old-build": "70", "package": "bash", "tag": "f44-build",
		"user": "@alice", "host": "buildvm-x86-01.example.com", "target": "target:f44",
	} {
		t.Run(name, func(t *testing.T) {
			sheet := read(t, word)
			for _, width := range []int{60, 100, 160} {
				var out bytes.Buffer
				p := Printer{Out: &out, Width: width, Now: now}
				if err := p.Print(sheet); err != nil {
					t.Fatal(err)
				}
				compare(t, fmt.Sprintf("%s.%d.txt", name, width), out.String())
			}
			var out bytes.Buffer
			p := Printer{Out: &out, JSON: true, Now: now}
			if err := p.Print(sheet); err != nil {
				t.Fatal(err)
			}
			compare(t, name+".json", out.String())
		})
	}
}

// compare holds what was printed to a golden file.
func compare(t *testing.T, name, got string) {
	t.Helper()
	golden.Check(t, filepath.Join("testdata", name), got)
	if strings.HasSuffix(name, ".txt") && strings.Contains(got, "\u202e") {
		t.Errorf("%s: text from outside reaches the terminal as it is", name)
	}
}
