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

// Query says which tasks or builds to list. Zero fields do not count. What is named without
// its id is looked up.
type Query struct {
	User    koji.Ref // whose; the name may be a principal
	Mine    bool     // those of whoever is logged in
	Host    koji.Ref // tasks: on which host
	Package koji.Ref // builds: of which package
	States  []string
	Below   bool // tasks: those below others, too
	Limit   int  // the newest only
}

// Tasks reads tasks, the newest first. Without states it reads those that have not ended,
// without a host those that are below none other.
func (q *Query) Tasks(ctx context.Context, api kojirpc.API) ([]koji.Task, error) {
	f := kojirpc.TaskFilter{States: []koji.TaskState{koji.TaskFree, koji.TaskOpen, koji.TaskAssigned}, TopLevel: q.Host.IsZero() && !q.Below}
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
	var err error
	if f.Owner, err = q.Owner(ctx, api); err != nil {
		return nil, err
	}
	if f.Host, err = idOf(ctx, q.Host, api.GetHost); err != nil {
		return nil, err
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

// Owner returns whose things are wanted, 0 for anybody's.
func (q *Query) Owner(ctx context.Context, api kojirpc.API) (int64, error) {
	if q.Mine {
		user, err := api.GetLoggedInUser(ctx)
		return user.ID, err
	}
	return idOf(ctx, q.User, api.GetUser)
}

// idOf returns the id of what a reference names, which get looks up if need be; 0 for none.
func idOf[T any, P interface {
	*T
	Ref() koji.Ref
}](ctx context.Context, ref koji.Ref, get func(context.Context, koji.Ref) (T, error)) (int64, error) {
	if ref.ID != 0 || ref.Name == "" {
		return ref.ID, nil
	}
	v, err := get(ctx, ref)
	return P(&v).Ref().ID, err
}

// Builds reads builds, the newest first.
func (q *Query) Builds(ctx context.Context, api kojirpc.API) ([]koji.Build, error) {
	f, err := q.buildFilter()
	if err != nil {
		return nil, err
	}
	owner, err := q.Owner(ctx, api)
	if err != nil {
		return nil, err
	}
	pkg, err := idOf(ctx, q.Package, api.GetPackage) // hubs before 1.26 take no names
	if err != nil {
		return nil, err
	}
	f.User, f.Package = kojirpc.ID(owner), kojirpc.ID(pkg)
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
		q := Query{Package: kojirpc.Name(pkg), Limit: limit}
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
