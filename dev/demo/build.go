package main

import (
	"fmt"
	"time"
)

// task is a task of the simulated system, from its creation to its end.
type task struct {
	id, parent, owner, host, channel int64
	method, label, arch              string
	request                          []any
	weight                           float64
	created, started, ended          time.Time
}

// The time from a task's creation to its host, and from there to its start.
const (
	toAssign = 4 * time.Second
	toOpen   = 3 * time.Second
)

var taskStates = map[string]int{"FREE": 0, "OPEN": 1, "CLOSED": 2, "CANCELED": 3, "ASSIGNED": 4, "FAILED": 5}

// begin publishes a task's messages up to its start, which is after wait.
func (s *stage) begin(t *task, wait time.Duration) {
	s.nextTask++
	t.id = s.nextTask
	t.started = t.created.Add(wait + toAssign + toOpen)
	s.change(t, t.created, "", "FREE", nil)
	s.change(t, t.started.Add(-toOpen), "FREE", "ASSIGNED", nil)
	s.change(t, t.started, "ASSIGNED", "OPEN", nil)
}

// end publishes the end of a task.
func (s *stage) end(t *task, at time.Time, state string, result any) {
	t.ended = at
	s.change(t, at, "OPEN", state, result)
}

// change publishes one change of a task's state. A new task's record is shorter, and
// has its request as XML.
func (s *stage) change(t *task, at time.Time, from, to string, result any) {
	var old any
	if from != "" {
		old = from
	}
	info := record{
		"id": t.id, "method": t.method, "parent": orNull(t.parent), "label": orNull(t.label), "arch": t.arch,
		"owner": t.owner, "channel_id": t.channel, "priority": 20, "state": taskStates[to],
	}
	if from == "" {
		info["request"] = xmlCall(t.method, t.request)
	} else {
		info["request"], info["host_id"], info["weight"], info["waiting"], info["awaited"] = t.request, t.host, t.weight, nil, nil
		info.times("create", t.created).times("start", until(t.started, at)).times("completion", until(t.ended, at))
	}
	if result != nil {
		info["result"] = result
	}
	s.publish(at, "task."+lower(to), "TaskStateChange",
		record{"id": t.id, "method": t.method, "parent": orNull(t.parent), "attribute": "state", "old": old, "new": to},
		record{"attribute": "state", "old": old, "new": to, "info": info})
}

// build publishes a whole build, requested at a time. factor scales its duration, and wait is
// how long the s390x host is busy.
func (s *stage) build(r recipe, at time.Time, factor float64, wait time.Duration) {
	source := fmt.Sprintf("git+https://src.example.com/rpms/%s.git#%s", r.name, hash(r.name))
	options := record{}
	if r.scratch {
		options["scratch"] = true
	}
	top := &task{
		owner: r.owner, host: hostOf["noarch"], channel: 1, method: "build", arch: "noarch", weight: 0.2, created: at,
		request: []any{source, r.target, options},
	}
	s.begin(top, 0)
	srpm := s.child(top, "buildSRPMFromSCM", "srpm", "noarch", top.started.Add(2*time.Second), 0, []any{source, "f44-build", record{"repo_id": int64(411)}})
	made := srpm.started.Add(stretch(r.srpm, factor))
	file := fmt.Sprintf("tasks/%d/%d/%s.src.rpm", srpm.id%10000, srpm.id, r.nvr())
	s.end(srpm, made, "CLOSED", record{"srpm": file, "logs": []any{}, "brootid": 1, "source": record{"source": source, "url": source}})
	var b *buildRecord
	if !r.scratch {
		b = s.newBuild(r, top, source, made.Add(time.Second))
		s.buildChange(b, b.created, nil, 0)
	}
	last, failed := s.arches(r, top, file, made.Add(2*time.Second), factor, wait)
	switch {
	case failed:
		s.fail(top, b, last.Add(3*time.Second))
	case b == nil:
		s.end(top, last.Add(3*time.Second), "CLOSED", nil)
	default:
		s.finish(r, top, b, last.Add(2*time.Second))
	}
}

// arches publishes the builds of all arches, and returns the time at which the last one ended.
// When one fails, the others are canceled.
func (s *stage) arches(r recipe, top *task, srpm string, at time.Time, factor float64, wait time.Duration) (last time.Time, failed bool) {
	var cut time.Time
	if r.failing != "" {
		cut = at.Add(toAssign + toOpen + stretch(r.arches[r.failing], factor))
	}
	for _, arch := range append([]string{"noarch"}, arches...) {
		takes, ok := r.arches[arch]
		if !ok {
			continue
		}
		busy := time.Duration(0)
		if arch == "s390x" {
			busy = wait
		}
		c := s.child(top, "buildArch", arch, arch, at, busy, []any{srpm, int64(12), arch, arch == "noarch", record{"repo_id": int64(411)}})
		ends := c.started.Add(stretch(takes, factor))
		switch {
		case arch == r.failing:
			s.end(c, ends, "FAILED", nil)
		case !cut.IsZero() && ends.After(cut):
			ends = cut.Add(2 * time.Second)
			s.end(c, ends, "CANCELED", nil)
		default:
			s.end(c, ends, "CLOSED", record{"rpms": []any{}, "srpms": []any{}, "logs": []any{}, "brootid": 2})
		}
		if ends.After(last) {
			last = ends
		}
	}
	return last, r.failing != ""
}

// child starts a child task.
func (s *stage) child(top *task, method, label, arch string, at time.Time, wait time.Duration, request []any) *task {
	c := &task{
		parent: top.id, owner: top.owner, host: hostOf[arch], channel: 1, method: method, label: label, arch: arch,
		weight: 1.5, created: at, request: request,
	}
	s.begin(c, wait)
	return c
}

// finish imports and tags a successful build.
func (s *stage) finish(r recipe, top *task, b *buildRecord, at time.Time) {
	b.ended = at
	s.buildChange(b, at, 0, 1)
	tagging := s.child(top, "tagBuild", "tag", "noarch", at.Add(time.Second), 0, []any{r.tag, b.id, false, nil, true})
	tagged := tagging.started.Add(4 * time.Second)
	s.tag(b, r.tag, tagged)
	s.end(tagging, tagged.Add(time.Second), "CLOSED", nil)
	s.end(top, tagged.Add(4*time.Second), "CLOSED", nil)
}

func (s *stage) fail(top *task, b *buildRecord, at time.Time) {
	if b != nil {
		b.ended = at
		s.buildChange(b, at, 0, 3)
	}
	s.end(top, at.Add(time.Second), "FAILED", nil)
}

func (r *recipe) nvr() string { return r.name + "-" + r.version + "-" + r.release }

func stretch(d time.Duration, factor float64) time.Duration {
	return time.Duration(float64(d) * factor).Round(time.Millisecond)
}
