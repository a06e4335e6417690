package ask

import (
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// etaNow is when the tests of eta take place.
var etaNow = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

const url = "git+https://src.example.com/rpms/bash#f44"

// etaPast is a hub on which bash was built six times, the web container six times,
// and repositories of a tag were made. On x86_64 bash takes 10 minutes, on s390x 20.
func etaPast() hubtest.Data {
	d := hubtest.Data{
		Tags:     []hubtest.Tag{{ID: 7, Name: "f44-build"}, {ID: 8, Name: "f44"}},
		Targets:  []hubtest.Target{{Name: "f44", BuildTag: "f44-build", DestTag: "f44"}},
		Channels: []hubtest.Channel{{ID: 1, Name: "default"}, {ID: 2, Name: "createrepo"}},
		Hosts: []hubtest.Host{
			{ID: 1, Name: "x1", Arches: "x86_64", Capacity: 3, Ready: true, Channels: []string{"default", "createrepo"}},
			{ID: 2, Name: "z1", Arches: "s390x", Capacity: 1.5, Ready: true, Channels: []string{"default"}},
		},
		Averages: map[string]float64{"plain": 900, "imported": -5},
		Packages: []hubtest.Package{{Name: "plain"}, {Name: "imported"}, {Name: "never"}},
	}
	for i := range int64(6) {
		addBuild(&d, 1000+10*i, etaNow.Add(-time.Duration(24*(6-i))*time.Hour), time.Duration(i)*time.Second)
		addPast(&d, 2000+10*i, etaNow.Add(-time.Duration(24*(6-i))*time.Hour))
	}
	return d
}

// addBuild adds a build of bash as it was: the source in 1 min, s390x 20 min, 1 min
// for the import, 30 s for tagging; and off more for the slowest arch.
func addBuild(d *hubtest.Data, id int64, at time.Time, off time.Duration) {
	task := func(n, parent int64, method, label string, from, to time.Duration, request ...any) {
		d.Tasks = append(d.Tasks, hubtest.Task{
			ID: id + n, Parent: parent, Method: method, Label: label, State: "CLOSED", Host: "x1",
			Created: at.Add(from - 20*time.Second), Started: at.Add(from), Completed: at.Add(to), Request: request,
		})
	}
	slow := 20*time.Minute + off
	end := 2*time.Minute + slow
	task(0, 0, "build", "", 0, end+2*time.Minute, url, "f44", map[string]any{})
	task(1, id, "buildSRPMFromSCM", "srpm", 30*time.Second, 90*time.Second, url, 7)
	task(2, id, "buildArch", "x86_64", 2*time.Minute, 12*time.Minute, "tasks/1/bash-5-1.src.rpm", 7, "x86_64")
	task(3, id, "buildArch", "s390x", 2*time.Minute, end, "tasks/1/bash-5-1.src.rpm", 7, "s390x")
	task(4, id, "tagBuild", "tag", end+time.Minute, end+90*time.Second, 8, id)
	d.Builds = append(d.Builds, hubtest.Build{
		ID: id, Package: "bash", Version: "5", Release: time.Duration(id).String(), State: "COMPLETE", Task: id,
		Created: at.Add(100 * time.Second), Started: at.Add(100 * time.Second), Completed: at.Add(end + time.Minute),
	})
}

// addPast adds a container's build of 10 min without a task, a repository's of 5 min,
// and an image of 40 min.
func addPast(d *hubtest.Data, id int64, at time.Time) {
	task := func(n, parent int64, method, label, channel string, took time.Duration, request ...any) {
		d.Tasks = append(d.Tasks, hubtest.Task{
			ID: id + n, Parent: parent, Method: method, Label: label, State: "CLOSED", Host: "x1", Channel: channel,
			Created: at, Started: at, Completed: at.Add(took), Request: request,
		})
	}
	task(0, 0, "newRepo", "", "createrepo", 5*time.Minute, "f44-build")
	task(1, id, "createrepo", "x86_64", "createrepo", 4*time.Minute, 5, "x86_64", nil)
	task(2, 0, "newRepo", "", "createrepo", time.Hour, "other-build")
	task(3, 0, "image", "", "default", 40*time.Minute, "cloud", "44", []any{"x86_64"}, "f44", "http://x/")
	task(4, id+3, "createImage", "x86_64", "default", 35*time.Minute, "cloud", "44", "1", "x86_64", map[string]any{"name": "f44"}, 7, map[string]any{}, "http://x/")
	task(5, 0, "tagBuild", "", "default", 20*time.Second, 8, 1000)
	d.Builds = append(d.Builds, hubtest.Build{
		Package: "web-container", Version: "1", Release: time.Duration(id).String(), State: "COMPLETE",
		Created: at, Started: at, Completed: at.Add(10 * time.Minute),
	})
}

// running adds bash's build that goes on, task 1, as it was so long after its start,
// with children by their places in addBuild.
func running(d *hubtest.Data, ago time.Duration, children ...hubtest.Task) *hubtest.Data {
	d.Tasks = append(d.Tasks, hubtest.Task{
		ID: 1, Method: "build", State: "OPEN", Host: "x1", Weight: 0.2, Created: etaNow.Add(-ago - time.Minute), Started: etaNow.Add(-ago),
		Request: []any{url, "f44", map[string]any{}},
	})
	for i, c := range children {
		c.ID, c.Parent = int64(i+2), 1
		if c.Created.IsZero() {
			c.Created = etaNow.Add(-ago + time.Minute)
		}
		if c.State == "" {
			c.State = "FREE"
		}
		d.Tasks = append(d.Tasks, c)
	}
	return d
}

// arch is a buildArch: open since ago, if not 0, and closed after took, if not 0.
func arch(name string, ago, took time.Duration) hubtest.Task {
	t := hubtest.Task{Method: "buildArch", Label: name, Arch: name, Priority: 19, Request: []any{"tasks/1/bash-5-9.src.rpm", 7, name}}
	return ran(t, ago, took)
}

func ran(t hubtest.Task, ago, took time.Duration) hubtest.Task {
	if ago == 0 {
		return t
	}
	t.State, t.Host, t.Started, t.Weight = "OPEN", "x1", etaNow.Add(-ago), 1.5
	if t.Arch == "s390x" {
		t.Host = "z1"
	}
	if took > 0 {
		t.State, t.Completed = "CLOSED", t.Started.Add(took)
	}
	return t
}

// single adds a task without children, task 1.
func single(d *hubtest.Data, t hubtest.Task) *hubtest.Data {
	t.ID = 1
	if t.Created.IsZero() {
		t.Created = etaNow.Add(-30 * time.Second)
	}
	d.Tasks = append(d.Tasks, t)
	return d
}
