package kojirpc_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

func TestBatch(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
	c := newClient(t, kojirpc.Options{Server: hub.URL})
	b := kojirpc.NewBatch(c)
	user := kojirpc.Add[koji.User](b, "getUser", 5)
	nobody := kojirpc.Add[*koji.User](b, "getUser", 999999)
	strict := kojirpc.Add[koji.Tag](b, "getTag", "no-such-tag", kojirpc.Named{"strict": true})
	builds := kojirpc.Add[[]koji.Build](b, "listBuilds", 2, kojirpc.Named{"queryOpts": map[string]any{"limit": 2}})
	wrong := kojirpc.Add[int](b, "getKojiVersion")
	if _, err := user.Get(); !errors.Is(err, kojirpc.ErrNotSent) {
		t.Error(err)
	}
	if err := b.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	if u, err := user.Get(); err != nil || u.Name != "tomáš" {
		t.Error(u, err)
	}
	if u, err := nobody.Get(); err != nil || u != nil {
		t.Error(u, err)
	}
	_, err := strict.Get()
	mustFail(t, err, `hub getTag "no-such-tag": GenericError: No such tagInfo: 'no-such-tag'`)
	if list, err := builds.Get(); err != nil || len(list) != 2 || list[0].ID == 0 {
		t.Error(list, err)
	}
	_, err = wrong.Get()
	mustFail(t, err, "hub getKojiVersion: xmlrpc: ")
	if err := b.Send(t.Context()); err != nil {
		t.Errorf("nothing to send: %v", err)
	}
	if s := hub.Stats(); s.Requests != 1 || fmt.Sprint(s.Multicalls) != "[5]" {
		t.Errorf("%+v", s)
	}
	if s := c.Stats(); s.Calls != 5 || s.Batches != 1 || s.Batched != 5 {
		t.Errorf("%+v", s)
	}
}

func TestBatchIsSplit(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded()})
	c := newClient(t, kojirpc.Options{Server: hub.URL, Batching: kojirpc.Batching{Size: 10, Off: true}, Retry: kojirpc.Retry{Max: -1}})
	b := kojirpc.NewBatch(c)
	queue := func() (list []*kojirpc.Result[string]) {
		for i := range 35 {
			list = append(list, kojirpc.Add[string](b, "echo", fmt.Sprint("x", i)))
		}
		return list
	}
	_ = queue()
	if err := b.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(hub.Stats().Multicalls); got != "[10 10 10 5]" {
		t.Error(got)
	}

	// A batch that may change something is one transaction, whatever its size.
	kojirpc.Add[any](b, "createTag", "x")
	_ = queue()
	if err := b.Send(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(hub.Stats().Multicalls); got != "[10 10 10 5 36]" {
		t.Error(got)
	}

	// If a request fails, the calls after it are not sent.
	hub.ResetStats()
	list := queue()
	hub.Inject(hubtest.Failure{Effect: hubtest.Delay(0), Times: 1})
	remove := hub.Inject(hubtest.Failure{Effect: hubtest.Status(500)})
	defer remove()
	err := b.Send(t.Context())
	mustFail(t, err, "hub multiCall: HTTP 500 Internal Server Error")
	if _, err := list[34].Get(); !errors.Is(err, kojirpc.ErrNotSent) {
		t.Error(err)
	}
	if n := hub.Stats().Requests; n != 1 {
		t.Errorf("%d requests", n)
	}
}

func TestBatchWithInvalidArguments(t *testing.T) {
	c := newClient(t, kojirpc.Options{Server: "http://127.0.0.1:1"})
	b := kojirpc.NewBatch(c)
	r := kojirpc.Add[int](b, "getAPIVersion")
	kojirpc.Add[int](b, "getUser", func() {})
	mustFail(t, b.Send(t.Context()), "hub getUser: xmlrpc: ")
	if _, err := r.Get(); !errors.Is(err, kojirpc.ErrNotSent) {
		t.Error(err)
	}
}

// TestBatchInASession checks that a batch that changes something is executed once.
func TestBatchInASession(t *testing.T) {
	l := newLab(t, hubtest.Options{})
	send := func(ctx context.Context) error {
		b := kojirpc.NewBatch(l.session)
		kojirpc.Add[any](b, "makeTask", "sleep", []any{1})
		kojirpc.Add[any](b, "makeTask", "sleep", []any{2})
		return b.Send(ctx)
	}
	l.Inject(hubtest.Failure{Method: "multiCall", Effect: hubtest.DropBefore(), Times: 1})
	if err := send(t.Context()); err != nil {
		t.Error(err)
	}
	l.Inject(hubtest.Failure{Method: "multiCall", Effect: hubtest.DropAfter(), Times: 1})
	if err := send(t.Context()); !errors.Is(err, kojirpc.CodeRetryError) {
		t.Error(err)
	}
	if n := len(l.Data().Tasks); n != 4 {
		t.Errorf("%d tasks", n)
	}
}
