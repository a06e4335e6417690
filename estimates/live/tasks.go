package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/queue"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// TasksOptions select the tasks to follow.
type TasksOptions struct {
	IDs []int64
	// Filter finds further tasks at every Look, such as those of a user; nil: none. Accept,
	// if not nil, reports whether to follow a task that it finds.
	Filter *kojirpc.TaskFilter
	Accept func(*koji.Task) bool
	Now    func() time.Time // nil: time.Now
}

// Tasks follows any number of tasks with their descendants. Each Look is one request; what the
// estimates also need is part of the next one.
type Tasks struct {
	api  kojirpc.API
	opts TasksOptions

	roots    []int64 // in the order in which they came
	tasks    map[int64]*koji.Task
	children map[int64][]int64
	hosts    map[int64]string // names; "" where asked
	looked   bool

	next  []question
	past  knowledge
	model *queue.Model // nil: nothing has waited yet
	asked time.Time    // when the queue was last asked about
}

// question adds calls to a batch. The function that it returns stores the answers.
type question func(*kojirpc.Batch) func()

// FollowTasks returns a reader of the tasks. It makes no request.
func FollowTasks(api kojirpc.API, o TasksOptions) *Tasks {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Tasks{
		api: api, opts: o, roots: slices.Clone(o.IDs), tasks: map[int64]*koji.Task{}, children: map[int64][]int64{}, hosts: map[int64]string{},
		past: newKnowledge(),
	}
}

// firstLooks is the maximum number of requests of the first Look, so that its estimates have
// what they need.
const firstLooks = 4

// Look reads the state of the tasks and returns an answer for each, in the order in which they
// were given or found. It returns koji.ErrNotFound if a given task does not exist.
func (t *Tasks) Look(ctx context.Context) ([]*Answer, error) {
	if err := t.look(ctx); err != nil {
		return nil, err
	}
	answers := t.answers()
	for range firstLooks - 1 {
		if t.looked || len(t.next) == 0 {
			break
		}
		if err := t.look(ctx); err != nil {
			return nil, err
		}
		answers = t.answers()
	}
	t.looked = true
	return answers, nil
}

// look makes one request.
func (t *Tasks) look(ctx context.Context) error {
	b := kojirpc.NewBatch(t.api)
	takes := []func() error{t.askRoots(b), t.askChildren(b), t.askFilter(b)}
	questions := t.next
	var answers []func()
	for _, q := range questions {
		answers = append(answers, q(b))
	}
	if err := b.Send(ctx); err != nil {
		return err
	}
	t.next = nil
	for _, take := range answers {
		take()
	}
	var errs []error
	for _, take := range takes {
		errs = append(errs, take())
	}
	return errors.Join(errs...)
}

// askRoots asks about all tasks at the top that have not ended, by one call.
func (t *Tasks) askRoots(b *kojirpc.Batch) func() error {
	ids := slices.DeleteFunc(slices.Clone(t.roots), func(id int64) bool { return t.ended(id) })
	if len(ids) == 0 {
		return func() error { return nil }
	}
	r := kojirpc.Add[[]koji.Task](b, "getTaskInfo", ids, kojirpc.Named{"request": true})
	return func() error {
		tasks, err := r.Get()
		if err != nil {
			return err
		}
		for i := range tasks[:min(len(tasks), len(ids))] {
			if tasks[i].ID == 0 {
				return fmt.Errorf("task %d: %w", ids[i], koji.ErrNotFound)
			}
			t.put(&tasks[i])
		}
		return nil
	}
}

func (t *Tasks) ended(id int64) bool { return t.tasks[id] != nil && t.tasks[id].State.Final() }

// askChildren asks for the children of all tasks that have not ended, in one call.
func (t *Tasks) askChildren(b *kojirpc.Batch) func() error {
	parents := slices.DeleteFunc(slices.Clone(t.roots), func(id int64) bool { return t.ended(id) })
	for id, task := range t.tasks {
		if !task.State.Final() && !slices.Contains(parents, id) {
			parents = append(parents, id)
		}
	}
	if len(parents) == 0 {
		return func() error { return nil }
	}
	slices.Sort(parents)
	r := b.ListTasks(kojirpc.TaskFilter{Parents: parents}, kojirpc.QueryOpts{Order: "id", Limit: maxChildren})
	return func() error {
		list, err := r.Get()
		for i := range list {
			c := &list[i]
			if t.tasks[c.ID] == nil { // it has one place in the trees, whatever the hub says later
				t.children[c.Parent] = append(t.children[c.Parent], c.ID)
			}
			t.put(c)
		}
		return err
	}
}

// Limits on what is followed.
const (
	maxChildren = 20_000
	maxFound    = 1_000
)

// askFilter asks for tasks of the filter that have been created since the last call.
func (t *Tasks) askFilter(b *kojirpc.Batch) func() error {
	if t.opts.Filter == nil {
		return func() error { return nil }
	}
	r := b.ListTasks(*t.opts.Filter, kojirpc.QueryOpts{Order: "-id", Limit: maxFound})
	return func() error {
		list, err := r.Get()
		for i := range slices.Backward(list) {
			found := &list[i]
			wanted := t.opts.Accept == nil || t.opts.Accept(found)
			if wanted && !slices.Contains(t.roots, found.ID) && len(t.roots) < maxFound {
				t.roots = append(t.roots, found.ID)
				t.put(found)
			}
		}
		return err
	}
}

// put stores the record of a task, with the name of its host, which records do not include.
func (t *Tasks) put(task *koji.Task) {
	id := task.Host.ID
	if old := t.tasks[task.ID]; old != nil {
		task.Owner.Name = cmp.Or(task.Owner.Name, old.Owner.Name)
	}
	t.tasks[task.ID] = task
	if _, known := t.hosts[id]; known || id == 0 {
		return
	}
	t.hosts[id] = ""
	t.next = append(t.next, func(b *kojirpc.Batch) func() {
		r := b.GetHost(kojirpc.ID(id))
		return func() {
			host, err := r.Get()
			if err != nil {
				delete(t.hosts, id) // to be asked again
				return
			}
			t.hosts[id] = host.Name
		}
	})
}

// answers makes a forecast for each task.
func (t *Tasks) answers() []*Answer {
	now := t.opts.Now()
	answers := make([]*Answer, 0, len(t.roots))
	for _, id := range t.roots {
		if t.tasks[id] != nil {
			answers = append(answers, t.answer(id, now))
		}
	}
	t.askWhatWaits(answers, now)
	return answers
}

func (t *Tasks) answer(id int64, now time.Time) *Answer {
	a := &Answer{Now: now, Node: t.tree(id, 0)}
	top := &a.Node.Task
	a.Target, a.Package = top.Target().Name, packageOf(a, top)
	if !a.Ended() {
		t.next = append(t.next, t.past.wants(a)...)
	}
	f := forecast.Forecaster{Past: t.past.of(a), Queue: queue.New(nil), Now: now}
	if t.model != nil {
		f.Queue = t.model
	}
	f.Forecast(a.Node, nil)
	a.Estimate = a.Node.Estimate
	return a
}

// tree copies a task with its descendants.
func (t *Tasks) tree(id int64, depth int) *forecast.Node {
	n := &forecast.Node{Task: *t.tasks[id]}
	n.Task.Host.Name = cmp.Or(n.Task.Host.Name, t.hosts[n.Task.Host.ID])
	if depth == maxTreeDepth {
		return n
	}
	for _, c := range t.children[id] {
		n.Children = append(n.Children, t.tree(c, depth+1))
	}
	return n
}

// askWhatWaits asks about the queue if a task waits and the queue is unknown or outdated.
func (t *Tasks) askWhatWaits(answers []*Answer, now time.Time) {
	var ids []int64
	for _, a := range answers {
		channelsOf(a.Node, &ids)
	}
	if len(ids) == 0 || !t.asked.IsZero() && now.Sub(t.asked) < queueFresh {
		return
	}
	t.asked = now
	t.next = append(t.next, func(b *kojirpc.Batch) func() {
		channels := make([]*kojirpc.Result[koji.Channel], len(ids))
		for i, id := range ids {
			channels[i] = b.GetChannel(kojirpc.ID(id))
		}
		take := askQueue(b, ids)
		return func() {
			s, err := take(t.opts.Now())
			if err != nil {
				return // there is an estimate less, until the next time
			}
			for _, r := range channels {
				if c, err := r.Get(); err == nil {
					s.Channels = append(s.Channels, c)
				}
			}
			t.model = queue.New(&t.past)
			t.model.Load(s)
		}
	})
}
