package reconcile

import (
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/facts"
	"github.com/kojiwatch/kojiwatch/koji"
)

// The states by Koji's numbers.
var (
	stateFree     = koji.TaskFree.Number()
	stateOpen     = koji.TaskOpen.Number()
	stateBuilding = koji.BuildBuilding.Number()
	stateInit     = koji.RepoInit.Number()
	stateReady    = koji.RepoReady.Number()
)

// tasksFacts returns what happened to a task in a slice of time: it was made, it was begun,
// it ended.
func tasksFacts(t row, s slice) []Fact {
	var found []Fact
	state := koji.TaskStateOf(t.number("state"))
	created, started, ended := t.time("create_ts"), t.time("start_ts"), t.time("completion_ts")
	if s.holds(created) {
		found = append(found, taskFact(t, nil, koji.TaskFree, created, row{
			"state": stateFree, "start_time": nil, "start_ts": nil, "host_id": nil, "completion_time": nil, "completion_ts": nil, "result": nil,
		}))
	}
	if s.holds(started) && (state == koji.TaskOpen || state.Final()) {
		found = append(found, taskFact(t, koji.TaskAssigned, koji.TaskOpen, started, row{
			"state": stateOpen, "completion_time": nil, "completion_ts": nil, "result": nil,
		}))
	}
	if s.holds(ended) && state.Final() {
		before := koji.TaskOpen
		if started.IsZero() {
			before = koji.TaskFree
		}
		changes := row{}
		if state != koji.TaskClosed { // as in Koji's own message
			changes["result"] = nil
		}
		found = append(found, taskFact(t, before, state, ended, changes))
	}
	return found
}

// taskFact is a change of a task. The record in its message is that of now, but for what
// it did not have then.
func taskFact(t row, before any, state koji.TaskState, at time.Time, then row) Fact {
	old := any(nil)
	if s, ok := before.(koji.TaskState); ok {
		old = s.String()
	}
	return tell(event.TaskStateChange, "task."+strings.ToLower(state.String()), at, &event.Event{
		New: state.String(), Task: &koji.Task{ID: t.number("id"), Created: at, Started: at, Ended: at},
	}, row{"attribute": "state", "old": old, "new": state.String(), "info": t.with(then)})
}

// buildFacts returns what happened to a build in a slice of time. One that was imported
// complete was never building, and has ended when the hub first knew of it.
func buildFacts(b row, s slice) []Fact {
	var found []Fact
	state := koji.BuildStateOf(b.number("state"))
	created, ended := b.time("creation_ts"), b.time("completion_ts")
	begun := b.time("start_ts")
	if begun.IsZero() {
		begun = created
	}
	last := facts.Later(ended, created)
	if s.holds(created) && (ended.IsZero() || ended.After(created)) {
		found = append(found, buildFact(b, nil, koji.BuildBuilding, begun, row{
			"state": stateBuilding, "completion_time": nil, "completion_ts": nil,
		}))
	}
	if s.holds(last) && (state == koji.BuildComplete || state == koji.BuildFailed || state == koji.BuildCanceled) {
		found = append(found, buildFact(b, stateBuilding, state, last, nil))
	}
	if promoted := b.time("promotion_ts"); s.holds(promoted) {
		found = append(found, promotion(b, promoted))
	}
	return found
}

func buildFact(b row, old any, state koji.BuildState, at time.Time, then row) Fact {
	return tell(event.BuildStateChange, "build."+strings.ToLower(state.String()), at, &event.Event{
		New: state.String(), Build: &koji.Build{ID: b.number("build_id"), Created: at, Ended: at},
	}, row{"attribute": "state", "old": old, "new": state.Number(), "info": b.with(then)})
}

// promotion is that of a draft, whose release was that of now and its own number.
func promotion(b row, at time.Time) Fact {
	release := b.text("release")
	return tell(event.BuildPromote, "build.promote", at, &event.Event{
		Build: &koji.Build{ID: b.number("build_id")},
	}, row{
		"build": b, "draft_release": release + ",draft_" + text(b.number("build_id")), "target_release": release,
		"user": ref(b["promoter_id"], b["promoter_name"]),
	})
}

// tagFacts returns which builds came to tags in a slice of time, and which went.
func tagFacts(rows []row, s slice) []Fact {
	var found []Fact
	for _, r := range rows {
		if at := r.time("create_ts"); s.holds(at) {
			found = append(found, tagFact(event.Tag, "build.tag", r, at, ref(r["creator_id"], r["creator_name"])))
		}
		if at := r.time("revoke_ts"); s.holds(at) {
			found = append(found, tagFact(event.Untag, "build.untag", r, at, ref(r["revoker_id"], r["revoker_name"])))
		}
	}
	return found
}

func tagFact(t event.Type, topic string, r row, at time.Time, user row) Fact {
	return tell(t, topic, at, &event.Event{
		Build: &koji.Build{ID: r.number("build_id")}, Tag: koji.Ref{Name: r.text("tag.name")},
	}, row{
		"tag": ref(r["tag_id"], r["tag.name"]), "user": user, "force": nil,
		"build": row{
			"build_id": r["build_id"], "id": r["build_id"], "name": r["name"], "version": r["version"], "release": r["release"],
			"epoch": r["epoch"], "nvr": strings.Join([]string{r.text("name"), r.text("version"), r.text("release")}, "-"),
		},
	})
}

// repoFacts returns what happened to a repository in a slice of time. The hub keeps the time of
// the last state only, so when one was ready is known until it expires.
func repoFacts(r row, s slice) []Fact {
	var found []Fact
	tag := ref(r["tag_id"], r["tag_name"])
	repo := &event.Event{Repo: &event.Repo{Repo: koji.Repo{ID: r.number("id")}}}
	if at := r.time("creation_ts"); s.holds(at) {
		found = append(found, tell(event.RepoInit, "repo.init", at, repo, row{
			"tag": tag, "repo_id": r["id"], "task_id": r["task_id"],
			"event": r["create_event"], "dist": r["dist"], "opts": r["opts"],
		}))
	}
	if at := r.time("state_ts"); s.holds(at) && koji.RepoStateOf(r.number("state")) == koji.RepoReady {
		before := row{"state": stateInit, "state_time": r["creation_time"], "state_ts": r["creation_ts"]} // as in Koji's own message
		found = append(found, tell(event.RepoDone, "repo.done", at, repo, row{
			"tag": tag, "repo": r.with(before), "data": row{}, "expire": false, "task_id": nil,
		}))
	}
	return found
}

// tell makes a fact of the event that its message will become.
func tell(t event.Type, topic string, at time.Time, e *event.Event, body row) Fact {
	e.Type, e.Origin, e.ReceivedAt = t, event.Reconciled, at
	f, _ := facts.Of(e)
	return Fact{Fact: f, topic: topic, typ: t, body: body}
}

// entry is an entry of a package list as two events bound it.
type entry struct{ made, gone row }

// packageFacts returns how package lists changed in a slice of time. An entry that is
// replaced goes by the same event as the new one comes.
func packageFacts(rows, owners []row, s slice) []Fact {
	changes := map[string]*entry{}
	var sorted []string
	change := func(r row, event string) *entry {
		key := text(r.number(event)) + "/" + text(r.number("tag_id")) + "/" + text(r.number("package_id"))
		if changes[key] == nil {
			changes[key] = &entry{}
			sorted = append(sorted, key)
		}
		return changes[key]
	}
	for _, r := range rows {
		if s.holds(r.time("create_ts")) {
			change(r, "create_event").made = r
		}
		if s.holds(r.time("revoke_ts")) {
			change(r, "revoke_event").gone = r
		}
	}
	owned := map[string]row{}
	for _, r := range owners {
		if s.holds(r.time("create_ts")) {
			owned[text(r.number("create_event"))+"/"+text(r.number("tag_id"))+"/"+text(r.number("package_id"))] = r
		}
	}
	var found []Fact
	for _, key := range sorted {
		found = append(found, packageFact(changes[key], owned[key]))
		delete(owned, key)
	}
	for _, r := range owned {
		found = append(found, packageFact(&entry{made: r, gone: r}, r))
	}
	return found
}

// packageFact is one change of a package list.
func packageFact(e *entry, owner row) Fact {
	r, at, user := e.made, e.made.time("create_ts"), ref(e.made["creator_id"], e.made["creator_name"])
	if r == nil {
		r, at, user = e.gone, e.gone.time("revoke_ts"), ref(e.gone["revoker_id"], e.gone["revoker_name"])
	}
	action := e.action()
	return tell(event.PackageListChange, "package."+action, at, &event.Event{
		Action: action, Tag: koji.Ref{Name: r.text("tag.name")}, Package: koji.Ref{Name: r.text("package.name")},
	}, row{
		"action": action, "tag": ref(r["tag_id"], r["tag.name"]), "package": ref(r["package_id"], r["package.name"]),
		"owner": owner["owner"], "block": r["blocked"], "extra_arches": r["extra_arches"], "force": nil, "user": user,
	})
}

// action is Koji's word for a change.
func (e *entry) action() string {
	blocked := func(r row) bool { b, _ := r["blocked"].(bool); return b }
	was, is := blocked(e.gone), blocked(e.made)
	switch {
	case e.made == nil && was, e.gone != nil && was && !is:
		return "unblock"
	case e.made == nil:
		return "remove"
	case is && !was:
		return "block"
	case e.gone == nil:
		return "add"
	}
	return "update"
}

func text(n int64) string { return strconv.FormatInt(n, 10) }
