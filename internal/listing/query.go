// Package listing lists tasks and builds of a hub, as tables for people and as lines of
// JSON for programs.
package listing

import (
	"context"
	"fmt"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Query says which tasks or builds to list. Zero fields do not count.
type Query struct {
	User    string // whose; a name or a principal
	Mine    bool   // those of whoever is logged in
	Host    string // tasks: on which host
	Package string // builds: of which package
	States  []string
	Below   bool // tasks: those below others, too
	Limit   int  // the newest only
}

// Tasks reads tasks, the newest first. Without states it reads those that have not ended,
// without a host those that are below none other.
func (q *Query) Tasks(ctx context.Context, api kojirpc.API) ([]koji.Task, error) {
	f := kojirpc.TaskFilter{States: []koji.TaskState{koji.TaskFree, koji.TaskOpen, koji.TaskAssigned}, TopLevel: q.Host == "" && !q.Below}
	if len(q.States) > 0 {
		f.States = nil
	}
	for _, name := range q.States {
		s := koji.TaskStateNamed(name)
		if s == koji.TaskUnknown {
			return nil, unknownState(name, TaskStates())
		}
		f.States = append(f.States, s)
	}
	user, err := q.user(ctx, api)
	if err != nil {
		return nil, err
	}
	f.Owner = user.ID
	if q.Host != "" {
		host, err := api.GetHost(ctx, kojirpc.Name(q.Host))
		if err != nil {
			return nil, err
		}
		f.Host = host.ID
	}
	tasks, err := api.ListTasks(ctx, f, kojirpc.QueryOpts{Order: "-id", Limit: q.Limit})
	if err != nil {
		return nil, err
	}
	pointers := make([]*koji.Task, len(tasks))
	for i := range tasks {
		pointers[i] = &tasks[i]
	}
	return tasks, FillNames(ctx, api, pointers...)
}

// user returns whose things are wanted, the zero value for anybody's.
func (q *Query) user(ctx context.Context, api kojirpc.API) (koji.User, error) {
	switch {
	case q.Mine:
		return api.GetLoggedInUser(ctx)
	case q.User != "":
		return api.GetUser(ctx, kojirpc.Name(q.User))
	}
	return koji.User{}, nil
}

// Builds reads builds, the newest first.
func (q *Query) Builds(ctx context.Context, api kojirpc.API) ([]koji.Build, error) {
	f, err := q.buildFilter()
	if err != nil {
		return nil, err
	}
	user, err := q.user(ctx, api)
	if err != nil {
		return nil, err
	}
	f.User = kojirpc.ID(user.ID)
	if q.Package != "" {
		pkg, err := api.GetPackage(ctx, kojirpc.Name(q.Package))
		if err != nil {
			return nil, err
		}
		f.Package = kojirpc.ID(pkg.ID) // hubs before 1.26 take no names
	}
	return api.ListBuilds(ctx, f, kojirpc.QueryOpts{Order: "-build_id", Limit: q.Limit})
}

// buildFilter is what can be said before the hub is asked.
func (q *Query) buildFilter() (f kojirpc.BuildFilter, err error) {
	if len(q.States) > 1 {
		return f, &StateError{"a hub lists builds of one state at a time"}
	}
	for _, name := range q.States {
		if f.State = koji.BuildStateNamed(name); f.State == koji.BuildUnknown {
			return f, unknownState(name, BuildStates())
		}
	}
	return f, nil
}

// Last reads the last builds of a package or, with a tag, the latest of those in it.
func Last(ctx context.Context, api kojirpc.API, pkg, tag string, limit int) ([]koji.Build, error) {
	if tag == "" {
		q := Query{Package: pkg, Limit: limit}
		return q.Builds(ctx, api)
	}
	b := kojirpc.NewBatch(api)
	known, of := b.GetTag(kojirpc.Name(tag)), b.GetPackage(kojirpc.Name(pkg))
	if err := b.Send(ctx); err != nil {
		return nil, err
	}
	if _, err := known.Get(); err != nil { // of one that is not there the list is empty
		return nil, err
	}
	if _, err := of.Get(); err != nil {
		return nil, err
	}
	return api.ListTagged(ctx, kojirpc.Name(tag), kojirpc.TaggedFilter{Package: pkg, Latest: true, Inherit: true})
}

// TaskStates returns the names of the states of tasks.
func TaskStates() []string { return stateNames(koji.TaskStateOf) }

// BuildStates returns the names of the states of builds.
func BuildStates() []string { return stateNames(koji.BuildStateOf) }

func stateNames[S fmt.Stringer](of func(int64) S) []string {
	var names []string
	for n := int64(0); of(n).String() != ""; n++ {
		names = append(names, of(n).String())
	}
	return names
}

// StateError reports a state by which nothing can be listed.
type StateError struct{ text string }

func (e *StateError) Error() string { return e.text }

func unknownState(name string, states []string) error {
	return &StateError{fmt.Sprintf("%q is no state; take one of %s", strings.ToLower(name), strings.ToLower(strings.Join(states, ", ")))}
}
