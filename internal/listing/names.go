package listing

import (
	"context"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// FillNames completes the names of owners, hosts and channels that records of tasks give
// by number, in one request. What the hub does not tell stays a number.
func FillNames(ctx context.Context, api kojirpc.API, tasks ...*koji.Task) error {
	n := nameQuestions{batch: kojirpc.NewBatch(api)}
	for _, t := range tasks {
		n.ask(&t.Owner, func(id int64) func() string { return nameOf(n.batch.GetUser(kojirpc.ID(id))) }, &n.users)
		n.ask(&t.Host, func(id int64) func() string { return nameOf(n.batch.GetHost(kojirpc.ID(id))) }, &n.hosts)
		n.ask(&t.Channel, func(id int64) func() string { return nameOf(n.batch.GetChannel(kojirpc.ID(id))) }, &n.channels)
	}
	if err := n.batch.Send(ctx); err != nil {
		return err
	}
	for _, take := range n.takes {
		take()
	}
	return nil
}

// nameQuestions asks for each name once.
type nameQuestions struct {
	batch                  *kojirpc.Batch
	users, hosts, channels map[int64]func() string
	takes                  []func()
}

func (n *nameQuestions) ask(ref *koji.Ref, question func(int64) func() string, asked *map[int64]func() string) {
	if ref.ID == 0 || ref.Name != "" {
		return
	}
	if *asked == nil {
		*asked = map[int64]func() string{}
	}
	answer := (*asked)[ref.ID]
	if answer == nil {
		answer = question(ref.ID)
		(*asked)[ref.ID] = answer
	}
	n.takes = append(n.takes, func() { ref.Name = answer() })
}

// nameOf returns a function that reads the name out of an answer, "" if there is none.
func nameOf[T any, P interface {
	*T
	Ref() koji.Ref
}](r *kojirpc.Result[T]) func() string {
	return func() string {
		v, err := r.Get()
		if err != nil {
			return ""
		}
		return P(&v).Ref().Name
	}
}

// TargetNames returns the names of build targets.
func TargetNames(targets []koji.Target) []string {
	var names []string
	for i := range targets {
		names = append(names, targets[i].Name)
	}
	return names
}
