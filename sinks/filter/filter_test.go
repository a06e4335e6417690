package filter

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// archTask returns a subtask of alice's scratch build of kernel-rt.
func archTask() *event.Event {
	return &event.Event{
		ID: "1", Type: event.TaskStateChange, Old: "OPEN", New: "CLOSED", Topic: "koji.task.closed",
		Task: &koji.Task{
			ID: 7, Parent: 6, Method: "buildArch", State: koji.TaskClosed, Owner: koji.Ref{ID: 5, Name: "alice"},
			Created: time.Unix(1000, 0), Started: time.Unix(1060, 0), Ended: time.Unix(1960, 0),
			Request: koji.Request{Package: "kernel-rt", Scratch: koji.Some(true), Tag: koji.Ref{Name: "f44-build"}, Arch: "x86_64"},
		},
	}
}

// tagged returns an event in which a bot tags bob's build.
func tagged() *event.Event {
	return &event.Event{
		ID: "2", Type: event.Tag, Tag: koji.Ref{ID: 1, Name: "f44-updates"}, User: koji.Ref{Name: "bodhi"},
		Build: &koji.Build{ID: 9, Name: "bash", NVR: "bash-5.2-1.fc44", State: koji.BuildComplete, Owner: koji.Ref{Name: "bob"}, Tags: []string{"f44-updates", "f44"}},
	}
}

func repoDone() *event.Event {
	return &event.Event{ID: "3", Type: event.RepoDone, Repo: &event.Repo{Repo: koji.Repo{ID: 3, Tag: koji.Ref{Name: "f44-build"}}}}
}

var people = People{Mine: []string{"alice"}, Automatic: []string{"kojira", "bodhi", "mbs/*"}}

func TestRules(t *testing.T) {
	for name, c := range map[string]struct {
		rules Rules
		task  string // the key that rejects the task; "" if it passes
		tag   string
		repo  string
	}{
		"none":          {Rules{}, "", "", ""},
		"types":         {Rules{Types: []string{"Tag", "RepoDone"}}, KeyTypes, "", ""},
		"states":        {Rules{States: []string{"CLOSED"}}, "", KeyStates, KeyStates},
		"packages":      {Rules{Packages: []string{"kernel*"}}, "", KeyPackages, KeyPackages},
		"owners":        {Rules{Owners: []string{"b?b"}}, KeyOwners, "", KeyOwners},
		"tags":          {Rules{Tags: []string{"f44-build"}}, "", KeyTags, ""},
		"a build's tag": {Rules{Tags: []string{"f44"}}, KeyTags, "", KeyTags},
		"targets":       {Rules{Targets: []string{"*"}}, KeyTargets, KeyTargets, KeyTargets},
		"methods":       {Rules{Methods: []string{"build*"}}, "", KeyMethods, KeyMethods},
		"scratch":       {Rules{Scratch: new(true)}, "", KeyScratch, KeyScratch},
		"no scratch":    {Rules{Scratch: new(false)}, KeyScratch, "", ""},
		"automatic":     {Rules{Automatic: new(true)}, KeyAutomatic, "", KeyAutomatic},
		"not automatic": {Rules{Automatic: new(false)}, "", KeyAutomatic, ""},
		"top level":     {Rules{TopLevel: new(true)}, KeyTopLevel, "", ""},
		"first of two":  {Rules{Types: []string{"Tag"}, TopLevel: new(true), When: "mine"}, KeyTypes, KeyWhen, KeyTypes},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := New(c.rules, people)
			if err != nil {
				t.Fatal(err)
			}
			for i, e := range []*event.Event{archTask(), tagged(), repoDone()} {
				want := []string{c.task, c.tag, c.repo}[i]
				if got := f.Explain(e).Key; got != want {
					t.Errorf("%s is rejected by %q, want %q", e.Type, got, want)
				}
				if f.Pass(e) != (want == "") {
					t.Errorf("Pass and Explain disagree on %s", e.Type)
				}
				if n := f.Turned()[want]; want != "" && n == 0 {
					t.Errorf("%s is not counted under %s", e.Type, want)
				}
			}
		})
	}
}

func TestWhen(t *testing.T) {
	for text, want := range map[string][3]bool{ // for the task, the tag and the repo
		`true`:                                                    {true, true, true},
		`type == "Tag"`:                                           {false, true, false},
		`type in ["Tag", "RepoDone"]`:                             {false, true, true},
		`scratch`:                                                 {true, false, false},
		`not automatic and not top_level`:                         {true, false, false},
		`mine or automatic`:                                       {true, true, false},
		`glob(build.nvr, "zsh-*", "bash-*")`:                      {false, true, false},
		`one_of(task.method, "build", "buildArch")`:               {true, false, false},
		`task.package matches "^kernel(-rt)?$"`:                   {true, false, false},
		`any(build.tags, # startsWith "f44-")`:                    {false, true, false},
		`task.duration > seconds("10m")`:                          {true, false, false},
		`task.duration > seconds("0.5d")`:                         {false, false, false},
		`between(task.created_at, task.started_at) == 60`:         {true, false, false},
		`between(build.created_at, task.started_at) > 0`:          {false, false, false},
		`repo.tag.name == "f44-build" || task.tag.name == "f44-"`: {false, false, true},
		`task.id == 7 and task.owner.id == 5`:                     {true, false, false},
		`build.tags[0] == "f44-updates"`:                          {false, true, false}, // false where there is none
		`len(build.tags) == 2`:                                    {false, true, false},
		`task == nil`:                                             {false, false, false},
		`estimate.overdue or rpm.sigkey != ""`:                    {false, false, false},
		`enrichment.status == "none"`:                             {true, true, true},
		`lower(new) == "closed"`:                                  {true, false, false},
	} {
		t.Run(text, func(t *testing.T) {
			f, err := New(Rules{When: text}, people)
			if err != nil {
				t.Fatal(err)
			}
			for range 2 { // the view must not keep values of the previous event
				for i, e := range []*event.Event{archTask(), tagged(), repoDone()} {
					if got := f.Pass(e); got != want[i] {
						t.Errorf("%s: %v, want %v", e.Type, got, want[i])
					}
				}
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		rules Rules
		want  string
	}{
		{Rules{Types: []string{"Tag", "TaskStateChang"}}, `types[1]: "TaskStateChang" is not a type of event; did you mean TaskStateChange?`},
		{Rules{States: []string{"closed"}}, `states[0]: "closed" is not a state; did you mean CLOSED?`},
		{Rules{States: []string{"x"}}, "states[0]: \"x\" is not a state; there are FREE"},
		{Rules{When: `new = "FAILED"`}, `when: = is not a comparison; write == and put texts in quotes, as in new == "FAILED", at character 5 of the expression`},
		{Rules{When: `task.metod == "build"`}, "when: task has no metod; did you mean method?, at character 6 of the expression"},
		{Rules{When: `tsk.method == "build"`}, "when: there is no tsk; did you mean task?, at character 1 of the expression"},
		{Rules{When: `task.owner.nam == "x"`}, "when: this object has no nam; did you mean name?, at character 12 of the expression"},
		{Rules{When: "scratch and\n  task.zzzzzzzz"}, "task has no zzzzzzzz; it has arch, arches"},
		{Rules{When: `task.id == "7"`}, `when: invalid operation: == (mismatched types int and string), at character 9 of the expression`},
		{Rules{When: `task.id`}, "when: expected bool, but got int"},
		{Rules{When: `scratch and`}, "when: unexpected token EOF"},
		{Rules{When: `task.nvr matches "("`}, `when: "(" is not a regular expression: error parsing regexp: missing closing ): `},
		{Rules{When: `task.nvr matches task.package`}, "when: matches takes a regular expression in quotes"},
		{Rules{When: `task.duration > seconds("1 hour")`}, `when: "1 hour" is not a duration; write it like 90s, 10m, 1h30m or 7d`},
		{Rules{When: `task.nvr matches "` + strings.Repeat("a", maxPattern+1) + `"`}, "when: a regular expression is longer than 1024 bytes"},
		{Rules{When: strings.Repeat("!", maxLength+1) + "scratch"}, "when: is longer than 4096 bytes"},
		{Rules{When: "scratch" + strings.Repeat(" or mine", maxNodes)}, "when: compilation failed: expression exceeds maximum allowed nodes"},
		{Rules{When: `globb(task.nvr, "x")`}, "when: there is no globb; did you mean glob?"},
		{Rules{When: `glob(task.nvr)`}, "when: not enough arguments to call glob"},
		{Rules{When: `task.nvr.x == ""`}, "when: string has no members, so no x"},
	} {
		_, err := New(c.rules, people)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+.80v:\n got %v\nwant %s", c.rules, err, c.want)
			continue
		}
		if _, ok := errors.AsType[*Mistake](err); !ok {
			t.Errorf("%v is not a Mistake", err)
		}
		if strings.Contains(err.Error(), "View") {
			t.Errorf("%v contains the name of a Go type", err)
		}
	}
}

func TestClause(t *testing.T) {
	f, err := New(Rules{When: `type == "TaskStateChange" and (mine or automatic) and not scratch`}, people)
	if err != nil {
		t.Fatal(err)
	}
	if v := f.Explain(archTask()); v.Clause != "not scratch" {
		t.Errorf("the clause is %q", v.Clause)
	}
	if v := f.Explain(tagged()); v.Clause != `type == "TaskStateChange"` {
		t.Errorf("the clause is %q", v.Clause)
	}
}

// TestPeople checks that a build belongs to the user who started it, not to the account
// that imported it.
func TestPeople(t *testing.T) {
	people := People{Mine: []string{"rosa"}, Automatic: []string{"osbs", "mbs/*"}}
	tests := map[string]struct {
		owner, submitter     string
		mine, automatic, own bool
	}{
		"a person":                        {"rosa", "", true, false, true},
		"a service imported it":           {"rosa", "osbs", true, false, true},
		"a service started it":            {"mbs/a.example.com", "", false, true, false},
		"a service started it for nobody": {"mbs/a.example.com", "rosa", false, true, false},
		"somebody else's":                 {"tom", "rosa", false, false, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			e := tagged()
			e.User, e.Build.Owner.Name, e.Build.Submitter = koji.Ref{}, tt.owner, tt.submitter
			if got := people.IsMine(e); got != tt.mine {
				t.Errorf("mine is %v", got)
			}
			if got := people.IsAutomatic(e); got != tt.automatic {
				t.Errorf("automatic is %v", got)
			}
			manual := false
			for _, c := range []struct {
				rules Rules
				want  bool
			}{
				{Rules{Owners: []string{"rosa"}}, tt.own},
				{Rules{When: "mine"}, tt.mine},
				{Rules{Automatic: &manual}, !tt.automatic},
			} {
				f, err := New(c.rules, people)
				if err != nil {
					t.Fatal(err)
				}
				if f.Pass(e) != c.want {
					t.Errorf("%+v: passes: %v", c.rules, !c.want)
				}
			}
		})
	}
}

func TestRunawayExpression(t *testing.T) {
	f, err := New(Rules{When: `count(0..1000000000, # > 5) > 3`}, people)
	if err != nil {
		t.Fatal(err)
	}
	if f.Pass(archTask()) || f.Failed() != 1 {
		t.Errorf("an expression that needs a billion elements did not fail")
	}
}

func TestWindow(t *testing.T) {
	w, now := NewWindow(2, time.Minute), time.Unix(0, 0)
	w.Remember("a", now)
	if !w.Has("a", now.Add(59*time.Second)) || w.Has("a", now.Add(time.Minute)) || w.Has("b", now) {
		t.Error("ids are not remembered for the span of the window")
	}
	w.Remember("b", now)
	w.Remember("c", now)
	if w.Has("a", now) || !w.Has("b", now) || !w.Has("c", now) {
		t.Error("the window does not remember exactly the last two ids")
	}
	w.Remember("b", now) // again: now c is the oldest
	w.Remember("d", now)
	if !w.Has("b", now) || w.Has("c", now) {
		t.Error("an id that was remembered again is dropped as the oldest")
	}
	for i := range 1000 {
		w.Remember(strings.Repeat("x", i), now)
	}
	if len(w.seen) > 2 || w.order.Len() > 2 {
		t.Errorf("%d ids remembered", len(w.seen))
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("a*b?c", "axxbyc")
	f.Add("*?*", "é")
	f.Fuzz(func(t *testing.T, pattern, text string) {
		if len(pattern) > 100 || len(text) > 1000 {
			return
		}
		got := matchGlob(pattern, text)
		if !matchGlob("*", text) || !matchGlob(text+"*", text) && !strings.ContainsAny(text, "*?") {
			t.Errorf("* does not match %q", text)
		}
		if got && pattern != "" && !matchGlob(pattern+"*", text+"tail") {
			t.Errorf("%q matches %q, but not with a tail", pattern, text)
		}
	})
}

func FuzzCompile(f *testing.F) {
	f.Add(`task.owner.name == "x" and not scratch`)
	f.Add(`any(build.tags, # matches "^f")`)
	f.Fuzz(func(_ *testing.T, text string) {
		flt, err := New(Rules{When: text}, people)
		if err == nil {
			flt.Pass(archTask())
			flt.Pass(repoDone())
		}
	})
}
