// Package live forecasts when a task or build will be done from the current answers of a hub.
package live

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/hubaverage"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Options select what to forecast.
type Options struct {
	Name   string           // a task, build, NVR, URL or package, as kojirpc.API.Find takes it
	Target string           // for a package: what it would be built for
	Now    func() time.Time // nil: time.Now
}

// Reader reads from the hub what a forecast needs.
type Reader struct {
	api  kojirpc.API
	opts Options

	// What was named. A build may have no task.
	task  int64
	build *koji.Build
	pkg   string

	past    *forecast.LastRuns
	pastOf  string       // what it is about, in words
	model   *queue.Model // nil: nothing has waited yet
	modelAt time.Time
}

func newReader(api kojirpc.API, opts Options) *Reader {
	if opts.Now == nil {
		opts.Now = time.Now
	}
	return &Reader{api: api, opts: opts}
}

// AboutPackage reports whether Options.Name is a package without a running build.
func (e *Reader) AboutPackage() bool { return e.task == 0 && e.build == nil }

// Look reads the current state and makes a forecast. It takes one request, and the first time
// a few more for earlier runs.
func (e *Reader) Look(ctx context.Context) (*Answer, error) {
	a := &Answer{Build: e.build, Package: e.pkg, Target: e.opts.Target}
	parent, err := e.lookAtTasks(ctx, a)
	if err != nil {
		return nil, err
	}
	a.Now = e.opts.Now()
	if a.Node == nil {
		e.standIn(a)
	}
	// The package may show only when its source is there, a method when its task is
	// made.
	if of := a.Package + " " + strings.Join(methodsOf(a), " "); e.past == nil || of != e.pastOf && !a.Ended() {
		if e.past, err = e.readPast(ctx, a); err != nil {
			return nil, err
		}
		e.pastOf = of
	}
	f := forecast.Forecaster{Past: e.past, Queue: queue.New(nil), Now: a.Now}
	if a.Node != nil && !a.OnlyPackage && waits(a.Node) {
		if err := e.readQueue(ctx, a); err != nil {
			return nil, err
		}
		f.Queue = e.model
	}
	if a.Node != nil {
		f.Forecast(a.Node, parent)
		a.Estimate = a.Node.Estimate
	}
	if a.OnlyPackage || a.Build != nil && e.task == 0 {
		a.Node = nil // it stood in
	}
	return a, nil
}

// lookAtTasks reads the task with its descendants, and its build if it has one. It returns the
// parent task.
func (e *Reader) lookAtTasks(ctx context.Context, a *Answer) (*forecast.Node, error) {
	if e.task == 0 {
		if e.build == nil {
			return nil, nil
		}
		b, err := e.api.GetBuild(ctx, kojirpc.ID(e.build.ID))
		a.Build, a.Package = &b, b.Name
		return nil, err
	}
	batch := kojirpc.NewBatch(e.api)
	root := batch.GetTask(e.task)
	below := kojirpc.Add[map[string][]koji.Task](batch, "getTaskDescendents", e.task, kojirpc.Named{"request": true})
	made := batch.ListBuilds(kojirpc.BuildFilter{Task: e.task}, kojirpc.QueryOpts{})
	if err := batch.Send(ctx); err != nil {
		return nil, err
	}
	t, err := root.Get()
	if err != nil {
		return nil, err
	}
	children, err := below.Get()
	if err != nil {
		return nil, err
	}
	a.Node = treeOf(t, children, 0)
	if builds, err := made.Get(); err == nil && len(builds) > 0 {
		a.Build = &builds[0]
	}
	return e.above(ctx, a)
}

// above reads the parent task, whose target and package are more precise.
func (e *Reader) above(ctx context.Context, a *Answer) (*forecast.Node, error) {
	top := &a.Node.Task
	var parent *forecast.Node
	if top.Parent != 0 {
		t, err := e.api.GetTask(ctx, top.Parent)
		if err != nil {
			return nil, err
		}
		parent, top = &forecast.Node{Task: t}, &t
	}
	a.Target = top.Target().Name
	a.Package = packageOf(a, top)
	return parent, nil
}

// packageOf prefers the build's record, then a child that builds a source RPM: the
// name in an SCM URL is a guess.
func packageOf(a *Answer, top *koji.Task) string {
	if a.Build != nil {
		return a.Build.Name
	}
	for _, c := range a.Node.Children {
		if c.Task.Method == "buildArch" && c.Task.Package() != "" {
			return c.Task.Package()
		}
	}
	return cmp.Or(a.Node.Task.Package(), top.Package())
}

// maxTreeDepth is the maximum depth of a tree.
const maxTreeDepth = 8

func treeOf(t koji.Task, children map[string][]koji.Task, depth int) *forecast.Node {
	n := &forecast.Node{Task: t}
	if depth == maxTreeDepth {
		return n
	}
	below := children[idText(t.ID)]
	slices.SortFunc(below, func(a, b koji.Task) int { return cmp.Compare(a.ID, b.ID) })
	for _, c := range below {
		n.Children = append(n.Children, treeOf(c, children, depth+1))
	}
	return n
}

// standIn adds a hypothetical task, opened now, for a build without a task or for a package.
func (e *Reader) standIn(a *Answer) {
	t := koji.Task{Method: "build", State: koji.TaskOpen, Started: a.Now}
	t.Request.Package, t.Request.Target.Name = a.Package, a.Target
	if a.Build == nil {
		a.OnlyPackage = true
	} else {
		t.Method, t.Started, t.Ended = "", a.Build.Started, a.Build.Ended
		if t.Started.IsZero() {
			t.Started = a.Build.Created
		}
		if a.Build.State.Final() {
			t.State = koji.TaskClosed
		}
	}
	a.Node = &forecast.Node{Task: t}
}

// waits reports whether a task in the tree has not started.
func waits(n *forecast.Node) bool {
	return n.Task.State == koji.TaskFree || slices.ContainsFunc(n.Children, waits)
}

// Limits on the earlier runs that are read.
const (
	pastBuilds  = 12
	pastTasks   = 40
	pastMethods = 6
)

// readPast reads the package's last builds with their tasks, and other tasks of the methods
// that do not concern a package.
func (e *Reader) readPast(ctx context.Context, a *Answer) (*forecast.LastRuns, error) {
	past := &forecast.LastRuns{}
	if a.Ended() {
		return past, nil
	}
	batch := kojirpc.NewBatch(e.api)
	var builds *kojirpc.Result[[]koji.Build]
	if a.Package != "" {
		builds = askBuilds(batch, a.Package)
	}
	var tasks []*kojirpc.Result[[]koji.Task]
	for _, method := range methodsOf(a) {
		tasks = append(tasks, askRuns(batch, method))
	}
	if err := batch.Send(ctx); err != nil {
		return nil, err
	}
	for _, r := range tasks {
		list, err := r.Get()
		if err != nil {
			return nil, err
		}
		past.Tasks = append(past.Tasks, list...)
	}
	if builds == nil {
		return past, nil
	}
	list, err := builds.Get()
	if err != nil {
		return nil, err
	}
	if past.Builds, err = e.readTrees(ctx, list); err != nil {
		return nil, err
	}
	average, err := hubaverage.New(e.api, hubaverage.Options{}).AverageBuildDuration(ctx, a.Package)
	past.Average = average.Value
	return past, err
}

// askBuilds asks for the last builds of a package.
func askBuilds(b *kojirpc.Batch, pkg string) *kojirpc.Result[[]koji.Build] {
	return b.ListBuilds(kojirpc.BuildFilter{Package: kojirpc.Name(pkg), State: koji.BuildComplete},
		kojirpc.QueryOpts{Order: "-build_id", Limit: pastBuilds})
}

// askRuns asks for the last tasks of a method.
func askRuns(b *kojirpc.Batch, method string) *kojirpc.Result[[]koji.Task] {
	return b.ListTasks(kojirpc.TaskFilter{Method: method, States: []koji.TaskState{koji.TaskClosed}},
		kojirpc.QueryOpts{Order: "-id", Limit: pastTasks})
}

// methodsOf returns the methods of tasks that have not ended, except those that are part of
// the package's last builds.
func methodsOf(a *Answer) []string {
	var methods []string
	var walk func(n *forecast.Node)
	walk = func(n *forecast.Node) {
		m := n.Task.Method
		ofBuild := m == "build" || m == "buildArch" || m == ""
		if !ofBuild && !n.Task.State.Final() && !slices.Contains(methods, m) && len(methods) < pastMethods {
			methods = append(methods, m)
		}
		for _, c := range n.Children {
			walk(c)
		}
	}
	walk(a.Node)
	return methods
}

// readTrees reads the tasks of builds.
func (e *Reader) readTrees(ctx context.Context, builds []koji.Build) ([]forecast.Tree, error) {
	batch := kojirpc.NewBatch(e.api)
	take := askTrees(batch, builds)
	if err := batch.Send(ctx); err != nil {
		return nil, err
	}
	return take(), nil
}

// askTrees asks for the tasks of builds. After the batch was sent, the function that it
// returns returns those that ended well.
func askTrees(batch *kojirpc.Batch, builds []koji.Build) func() []forecast.Tree {
	var roots []*kojirpc.Result[koji.Task]
	var children []*kojirpc.Result[[]koji.Task]
	for i := range builds {
		if id := builds[i].TaskID; id != 0 {
			roots = append(roots, batch.GetTask(id))
			children = append(children, batch.GetTaskChildren(id))
		}
	}
	return func() (trees []forecast.Tree) {
		for i := range roots {
			root, err := roots[i].Get()
			below, err2 := children[i].Get()
			if err == nil && err2 == nil && root.State == koji.TaskClosed {
				trees = append(trees, forecast.Tree{Root: root, Children: below})
			}
		}
		return trees
	}
}
