package board

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// State is what an entry is at.
type State string

// The states of entries.
const (
	Running  State = "running"
	Waiting  State = "waiting"
	Failed   State = "failed"
	Canceled State = "canceled"
	Complete State = "complete"
)

// States returns all states.
func States() []State { return []State{Running, Waiting, Failed, Canceled, Complete} }

// Live reports whether something in this state has not ended.
func (s State) Live() bool { return s == Running || s == Waiting }

// Node is a task in the tree of an entry.
type Node struct {
	Task
	Depth int // 0 for the top-level task
}

// Entry is one line of the board: a top-level task with all below it, the build that it
// makes, or both. It is never changed.
type Entry struct {
	// Key names the entry, as its page does: task/12 or build/7.
	Key string
	// Version is that of the first snapshot that has the entry as it is.
	Version uint64
	State   State
	// Tasks are the tree, parents before their children; empty where only a build is known.
	Tasks []Node
	Build *Build // nil: none is known

	Name    string // NVR, package or method
	Package string
	Owner   string
	Target  string
	URL     string // of its page in kojiweb
	Scratch bool
	// Began is when it was begun, for what waits when it was created.
	Began time.Time
	Ended time.Time
	// Cause says what failed first, of an entry that failed.
	Cause string

	id   entryID
	seen time.Time
	text string // what filters search, in lower case
}

// Root returns the top-level task, nil where only the build is known.
func (e *Entry) Root() *Task {
	if len(e.Tasks) == 0 {
		return nil
	}
	return &e.Tasks[0].Task
}

// Method returns that of the top-level task.
func (e *Entry) Method() string {
	if t := e.Root(); t != nil {
		return t.Method
	}
	return ""
}

// Estimate returns when it will be done; the zero value if that is not known.
func (e *Entry) Estimate() Estimate {
	if t := e.Root(); t != nil && t.Live() {
		return t.Estimate
	}
	return Estimate{}
}

// Overdue reports whether it, or a task in it, runs longer than was to be expected.
func (e *Entry) Overdue() bool {
	return slices.ContainsFunc(e.Tasks, func(n Node) bool { return n.Live() && n.Estimate.Overdue })
}

// Arches returns the tasks that work for one arch, or on the source.
func (e *Entry) Arches() []Node {
	var all []Node
	for _, n := range e.Tasks {
		if n.Depth > 0 && n.Arch != "" {
			all = append(all, n)
		}
	}
	return all
}

// Tags returns the tags that the build was tagged with lately.
func (e *Entry) Tags() []string {
	if e.Build == nil {
		return nil
	}
	return e.Build.Tags
}

// make makes the entry of an id anew; nil if there is none.
func (m *model) make(id entryID) *Entry {
	e := &Entry{id: id, Version: m.version}
	if id.task != 0 {
		root := m.tasks[id.task]
		if root == nil || m.tasks[root.Parent] != nil {
			return nil
		}
		e.Key = "task/" + strconv.FormatInt(id.task, 10)
		m.collect(e, root, 0)
		e.ofTask(root)
	} else {
		if e.Build = m.builds[id.build]; e.Build == nil || m.tasks[e.Build.TaskID] != nil {
			return nil
		}
		e.Key = "build/" + strconv.FormatInt(id.build, 10)
	}
	e.ofBuild()
	e.Name = cmp.Or(e.Name, e.Package, e.Method(), e.Key)
	e.Cause = e.firstFailure()
	e.text = e.searched()
	return e
}

// maxTree bounds how many tasks of an entry are shown.
const maxTree = 200

func (m *model) collect(e *Entry, t *Task, depth int) {
	if len(e.Tasks) >= maxTree {
		return
	}
	e.Tasks = append(e.Tasks, Node{*t, depth})
	if t.seen.After(e.seen) {
		e.seen = t.seen
	}
	if b := m.builds[m.buildOf[t.ID]]; b != nil && e.Build == nil {
		e.Build = b
	}
	if depth >= maxDepth {
		return
	}
	children := slices.Clone(m.children[t.ID])
	slices.Sort(children)
	for _, id := range children {
		if c := m.tasks[id]; c != nil {
			m.collect(e, c, depth+1)
		}
	}
}

func (e *Entry) ofTask(t *Task) {
	e.State = StateOf(t.State)
	e.Name, e.Package, e.Owner, e.Target, e.URL, e.Scratch = t.NVR, t.Package, t.Owner, t.Target, t.URL, t.Scratch
	e.Began, e.Ended = t.Began(), t.Ended
	for i := range e.Tasks {
		n := &e.Tasks[i]
		e.Name, e.Package = cmp.Or(e.Name, n.NVR), cmp.Or(e.Package, n.Package)
		e.Target = cmp.Or(e.Target, n.Target)
	}
	e.Target = cmp.Or(e.Target, t.Tag)
	if t.State.Final() && e.Ended.IsZero() {
		e.Ended = t.seen
	}
}

func (e *Entry) ofBuild() {
	if e.Build == nil {
		return
	}
	b := *e.Build // which the model goes on to change
	e.Build = &b
	if b.seen.After(e.seen) {
		e.seen = b.seen
	}
	e.Package, e.Owner, e.Target = cmp.Or(b.Package, e.Package), cmp.Or(e.Owner, b.Owner), cmp.Or(e.Target, b.Target)
	if e.Root() != nil && e.Method() == "build" {
		e.Name = cmp.Or(b.NVR, e.Name)
	}
	if e.Root() != nil {
		return
	}
	e.Name, e.URL, e.State = b.NVR, b.URL, stateOfBuild(b.State)
	e.Began, e.Ended = knownTime(b.Started, b.Created), b.Ended
	if !e.State.Live() && e.Ended.IsZero() {
		e.Ended = b.seen
	}
}

// StateOf returns the state of an entry whose top-level task is in a state.
func StateOf(s koji.TaskState) State {
	switch s {
	case koji.TaskOpen:
		return Running
	case koji.TaskFailed:
		return Failed
	case koji.TaskCanceled:
		return Canceled
	case koji.TaskClosed:
		return Complete
	}
	return Waiting
}

func stateOfBuild(s koji.BuildState) State {
	switch s {
	case koji.BuildBuilding:
		return Running
	case koji.BuildFailed:
		return Failed
	case koji.BuildCanceled, koji.BuildDeleted:
		return Canceled
	}
	return Complete
}

// firstFailure says which task below the failed one failed first, in words.
func (e *Entry) firstFailure() string {
	if e.State != Failed {
		return ""
	}
	var first *Node
	for i := range e.Tasks {
		n := &e.Tasks[i]
		if n.State == koji.TaskFailed && n.Depth > 0 && (first == nil || n.Depth > first.Depth || n.Depth == first.Depth && n.Ended.Before(first.Ended)) {
			first = n
		}
	}
	if first == nil {
		return e.Root().failure()
	}
	words := []string{first.Method}
	if first.Arch != "" {
		words = append(words, "for "+first.Arch)
	}
	if first.Host != "" {
		words = append(words, "on "+first.Host)
	}
	said := strings.Join(words, " ") + " failed"
	if line := cmp.Or(first.Failure, e.Root().failure()); line != "" {
		said += ": " + line
	}
	return said
}

// failure says why the task failed, "" if that is not known or there is no task.
func (t *Task) failure() string {
	if t == nil {
		return ""
	}
	return t.Failure
}

func (e *Entry) searched() string {
	words := []string{e.Key, e.Name, e.Package, e.Owner, e.Target}
	for _, n := range e.Tasks {
		words = append(words, strconv.FormatInt(n.ID, 10), n.Method)
	}
	return strings.ToLower(strings.Join(append(words, e.Tags()...), "\n"))
}
