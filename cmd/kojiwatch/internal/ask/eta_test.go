package ask

import (
	"bytes"
	"encoding/json"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/terminal"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// etaCase is a state of things on the hub and what there is to tell of it. Times are
// from now, to within a tenth or a minute.
type etaCase struct {
	name    string
	ask     string // default: task 1
	data    func(*hubtest.Data) *hubtest.Data
	done    time.Duration // 0: nobody can tell
	starts  time.Duration
	basis   string
	phase   string
	reason  string
	overdue bool
}

const minute = time.Minute

// etaCases has each case in which txkoji's estimates fail, and those they can do.
func etaCases() []etaCase {
	source := hubtest.Task{Method: "buildSRPMFromSCM", Label: "srpm", Arch: "noarch", Request: []any{url, 7}}
	tag := hubtest.Task{Method: "tagBuild", Label: "tag", Arch: "noarch", Priority: 10, Request: []any{8, 1}}
	build := hubtest.Task{Method: "build", State: "FREE", Arch: "noarch", Request: []any{url, "f44", map[string]any{}}}
	scratch := build
	scratch.Request = []any{url, "f44", map[string]any{"scratch": true}}
	plain := build
	plain.Request = []any{"git+https://src.example.com/rpms/plain#f44", "f44", map[string]any{}}
	with := func(t hubtest.Task) func(*hubtest.Data) *hubtest.Data {
		return func(d *hubtest.Data) *hubtest.Data { return single(d, t) }
	}
	tree := func(ago time.Duration, children ...hubtest.Task) func(*hubtest.Data) *hubtest.Data {
		return func(d *hubtest.Data) *hubtest.Data { return running(d, ago, children...) }
	}
	assigned := build
	assigned.State, assigned.Host = "ASSIGNED", "x1"
	newRepo := hubtest.Task{Method: "newRepo", Channel: "createrepo", Arch: "noarch", Request: []any{"f44-build"}}
	return []etaCase{
		{name: "build FREE", data: with(build), starts: minute / 2, done: 25 * minute, basis: "last-builds", reason: "waits for the next round of the scheduler"},
		{name: "build ASSIGNED", data: with(assigned), starts: minute / 2, done: 24 * minute, basis: "last-builds", reason: "its host has not picked it up yet"},
		{name: "scratch build", data: with(ran(scratch, 10*minute, 0)), done: 14 * minute, basis: "last-builds", phase: "starting"},
		{name: "source phase", data: tree(minute, ran(source, 30*time.Second, 0)), done: 23 * minute, basis: "last-builds", phase: "making the source"},
		{name: "source FREE", data: tree(minute, source), done: 24 * minute, basis: "last-builds", phase: "making the source"},
		{name: "between source and arches", data: tree(2*minute, ran(source, 90*time.Second, minute)), done: 22 * minute, basis: "last-builds", phase: "starting the arches"},
		{
			name: "arch phase, the slowest started first", phase: "building",
			data: tree(12*minute, arch("s390x", 10*minute, 0), arch("x86_64", 5*minute, 0)), done: 12 * minute, basis: "last-builds",
		},
		{
			name: "arch FREE in a full channel", phase: "building",
			data: func(d *hubtest.Data) *hubtest.Data {
				d.Tasks = append(d.Tasks, ran(hubtest.Task{ID: 50, Method: "buildArch", Arch: "s390x", Request: []any{"tasks/1/zsh-5-9.src.rpm", 7, "s390x"}}, 4*minute, 0))
				return running(d, 5*minute, arch("x86_64", 3*minute, 0), arch("s390x", 0, 0))
			},
			done: 28 * minute, basis: "last-builds",
		},
		{name: "import phase", phase: "importing", data: tree(23*minute, arch("x86_64", 21*minute, 10*minute), arch("s390x", 21*minute, 20*minute+30*time.Second)), done: 90 * time.Second, basis: "last-builds"},
		{name: "tagging phase", phase: "tagging", data: tree(24*minute, arch("x86_64", 21*minute, 10*minute), ran(tag, 10*time.Second, 0)), done: 30 * time.Second, basis: "last-builds"},
		{name: "tagBuild", data: with(ran(hubtest.Task{Method: "tagBuild", Arch: "noarch", Request: []any{8, 1000}}, 5*time.Second, 0)), done: 15 * time.Second, basis: "last-tasks"},
		{name: "buildArch OPEN", ask: "2", data: tree(12*minute, arch("s390x", 10*minute, 0)), done: 10 * minute, basis: "last-builds"},
		{name: "hub average only", data: with(ran(plain, 5*minute, 0)), done: 12 * minute, basis: "hub-average", phase: "starting"},
		{name: "no average", data: with(ran(hubtest.Task{Method: "build", Request: []any{"git+https://x/rpms/never#1", "f44"}}, minute, 0)), phase: "starting"},
		{name: "negative average", data: with(ran(hubtest.Task{Method: "build", Request: []any{"git+https://x/rpms/imported#1", "f44"}}, minute, 0)), phase: "starting"},
		{name: "container", data: with(ran(hubtest.Task{Method: "buildContainer", Request: []any{"git+https://x/containers/web#1", "f44", map[string]any{}}}, 4*minute, 0)), done: 6 * minute, basis: "last-builds"},
		{
			name: "container's build without a task", ask: "build:5", done: 6 * minute, basis: "last-builds",
			data: func(d *hubtest.Data) *hubtest.Data {
				d.Builds = append(d.Builds, hubtest.Build{ID: 5, Package: "web-container", Version: "9", Release: "9", Created: etaNow.Add(-4 * minute)})
				return d
			},
		},
		{name: "image", data: with(ran(hubtest.Task{Method: "image", Request: []any{"cloud", "44", []any{"x86_64"}, "f44", "http://x/"}}, 10*minute, 0)), done: 30 * minute, basis: "last-tasks"},
		{name: "newRepo by tag", data: with(ran(newRepo, minute, 0)), done: 4 * minute, basis: "last-tasks"},
		{name: "newRepo FREE", data: with(newRepo), starts: minute / 2, done: 6 * minute, basis: "last-tasks", reason: "waits for the next round of the scheduler"},
		{name: "createrepo by arch", data: with(ran(hubtest.Task{Method: "createrepo", Label: "x86_64", Channel: "createrepo", Request: []any{9, "x86_64", nil}}, minute, 0)), done: 3 * minute, basis: "last-tasks"},
		{name: "no host for the arch", data: with(hubtest.Task{Method: "buildArch", Label: "ppc64le", Arch: "ppc64le", Request: []any{"tasks/1/bash-5-9.src.rpm", 7, "ppc64le"}}), reason: "no enabled host for arch ppc64le in channel default"},
		{name: "overdue", phase: "building", data: tree(62*minute, arch("s390x", 60*minute, 0)), done: 5 * minute, basis: "last-builds", overdue: true},
		{name: "unknown method", data: with(ran(hubtest.Task{Method: "someMethod", Request: []any{"x"}}, minute, 0))},
		{name: "waiting again after a restart", data: with(hubtest.Task{Method: "build", State: "FREE", Started: etaNow.Add(-time.Hour), Created: etaNow.Add(-2 * time.Hour), Request: build.Request}), starts: minute / 2, done: 25 * minute, basis: "last-builds", reason: "waits for the next round of the scheduler"},
	}
}

// etaFields is what the tests read of the JSON.
type etaFields struct {
	State, Phase string
	Estimate     struct {
		StartsAt     time.Time `json:"starts_at"`
		CompletionAt time.Time `json:"completion_at"`
		Low          time.Time `json:"completion_low"`
		High         time.Time `json:"completion_high"`
		Basis        string
		Reason       string
		Overdue      bool
	}
}

func eta(t *testing.T, d *hubtest.Data, opts etaOptions) (string, *hubtest.Server, error) {
	t.Helper()
	hub := hubtest.Start(t, hubtest.Options{Data: *d, Clock: func() time.Time { return etaNow }})
	var out bytes.Buffer
	opts.URL, opts.Timeout = hub.URL, time.Minute
	if opts.Now == nil {
		opts.Now = func() time.Time { return etaNow }
	}
	err := printETA(t.Context(), cliutil.Streams{Out: &out, Err: &out}, opts)
	return out.String(), hub, err
}

func TestEta(t *testing.T) {
	for _, tt := range etaCases() {
		t.Run(tt.name, func(t *testing.T) {
			d := etaPast()
			if tt.ask == "" {
				tt.ask = "1"
			}
			text, hub, err := eta(t, tt.data(&d), etaOptions{Name: tt.ask, question: question{json: true}})
			if err != nil {
				t.Fatal(err)
			}
			var got etaFields
			if err := json.Unmarshal([]byte(text), &got); err != nil {
				t.Fatal(err)
			}
			tt.check(t, &got)
			if n := hub.Stats().Requests; n > 9 {
				t.Errorf("%d requests: %v", n, hub.Stats().Calls)
			}
			text, _, err = eta(t, &d, etaOptions{Name: tt.ask})
			if err != nil {
				t.Fatal(err)
			}
			golden.Check(t, filepath.Join("testdata", "eta", strings.NewReplacer(" ", "-", ",", "", "'", "").Replace(tt.name)+".txt"), text)
		})
	}
}

func (tt *etaCase) check(t *testing.T, got *etaFields) {
	t.Helper()
	e := &got.Estimate
	if e.Basis != tt.basis && tt.done != 0 || e.Reason != tt.reason || got.Phase != tt.phase || e.Overdue != tt.overdue {
		t.Errorf("got %+v", got)
	}
	near(t, "starts", e.StartsAt, tt.starts)
	near(t, "is done", e.CompletionAt, tt.done)
	if tt.done != 0 && (e.Low.Before(etaNow) || e.CompletionAt.Before(e.Low) || e.High.Before(e.CompletionAt)) {
		t.Errorf("not in order: %v %v %v", e.Low, e.CompletionAt, e.High)
	}
}

func near(t *testing.T, what string, at time.Time, want time.Duration) {
	t.Helper()
	if at.IsZero() != (want == 0) {
		t.Errorf("%s %v, want in %v", what, at, want)
	} else if off := at.Sub(etaNow.Add(want)).Abs(); want != 0 && off > max(40*time.Second, want/10) {
		t.Errorf("%s in %v, want %v", what, at.Sub(etaNow), want)
	}
}

// TestEtaScreen: on terminals of 60, 80 and 120 columns the estimate fits.
func TestEtaScreen(t *testing.T) {
	d := etaPast()
	running(&d, 5*time.Minute, arch("x86_64", 3*time.Minute, 0), arch("s390x", 0, 0))
	hub := hubtest.Start(t, hubtest.Options{Data: d, Clock: func() time.Time { return etaNow }})
	terminal.Check(t, "testdata/screens", "eta", func(streams cliutil.Streams) error {
		opts := etaOptions{Name: "1", Now: func() time.Time { return etaNow }}
		opts.URL, opts.Timeout = hub.URL, time.Minute
		return printETA(t.Context(), streams, opts)
	})
}

// TestEtaNames takes tasks, builds, NVRs, packages and URLs for what they are.
func TestEtaNames(t *testing.T) {
	d := etaPast()
	running(&d, 12*minute, arch("s390x", 10*minute, 0))
	d.Builds = append(d.Builds, hubtest.Build{ID: 70, Package: "bash", Version: "5", Release: "9", Task: 1, Created: etaNow})
	for name, want := range map[string]string{
		"1":        "bash-5-9: task 1, build for f44\n",
		"task:1":   "bash-5-9: task 1, build for f44\n",
		"70":       "bash-5-9: task 1, build for f44\n",
		"build:70": "bash-5-9: task 1, build for f44\n",
		"bash-5-9": "bash-5-9: task 1, build for f44\n",
		"bash":     "a build of bash would take about 24 min",
		"never":    "a build of never: nothing is known of earlier builds\n",
		"https://koji.example.com/koji/taskinfo?taskID=1":          "bash-5-9: task 1, build for f44\n",
		"https://koji.example.com/koji/buildinfo?buildID=70":       "bash-5-9: task 1, build for f44\n",
		"https://koji.example.com/koji/packageinfo?packageID=bash": "a build of bash would take about 24 min",
	} {
		text, _, err := eta(t, &d, etaOptions{Name: name})
		if err != nil || !strings.HasPrefix(text, want) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	for name, want := range map[string]string{
		"999999":  "no task and no build",
		"no-such": `no build, package, tag or host "no-such"`,
		"build:1": `no build "1"`,
		"task:70": `no task "70"`,
		"a-b-c":   `no build, package, tag or host "a-b-c"`,
		"https://koji.example.com/koji/taginfo?tagID=7": "that is a tag",
	} {
		if _, _, err := eta(t, &d, etaOptions{Name: name}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestEtaWatch goes on until the end, prints what is new, and says how it ended.
func TestEtaWatch(t *testing.T) {
	for _, end := range []string{"CLOSED", "FAILED", "CANCELED"} {
		t.Run(end, func(t *testing.T) {
			d := etaPast()
			hub := hubtest.Start(t, hubtest.Options{Data: *running(&d, 12*minute, arch("s390x", 10*minute, 0))})
			looks := 0
			opts := etaOptions{Name: "1", Watch: true, Poll: time.Millisecond}
			opts.URL, opts.Timeout = hub.URL, time.Minute
			opts.Now = func() time.Time { // each look asks for the time
				if looks++; looks == 4 {
					err := hub.Update(func(d *hubtest.Data) {
						for i := range d.Tasks {
							if d.Tasks[i].ID <= 2 {
								d.Tasks[i].State, d.Tasks[i].Completed = end, etaNow
							}
						}
					})
					if err != nil {
						t.Error(err)
					}
				}
				return etaNow
			}
			var out bytes.Buffer
			err := printETA(t.Context(), cliutil.Streams{Out: &out, Err: &out}, opts)
			if ended, failed := errors.AsType[*EndedError](err); failed == (end == "CLOSED") || failed && ended.State != end {
				t.Errorf("%s: %v", end, err)
			}
			if n := strings.Count(out.String(), "task 1, build"); n != 2 || !strings.Contains(out.String(), end+" at 12:00:00") {
				t.Errorf("%d prints:\n%s", n, out.String())
			}
		})
	}
}
