package kojirpc_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// TestManyCallersOfAFailingHub makes calls from 200 goroutines, some of which give up, to
// a hub that fails in every way now and then. It checks that no caller gets another
// caller's answer, and that none waits forever.
func TestManyCallersOfAFailingHub(t *testing.T) {
	l := newLab(t, hubtest.Options{Data: hubtest.Recorded(), Gzip: true, Seed: 1}, func(o *kojirpc.Options, _ *kojirpc.Credentials) {
		o.Breaker = kojirpc.Breaker{Failures: 20, First: time.Millisecond, Last: 10 * time.Millisecond}
		o.Timeout = 5 * time.Second
	})
	for effect, chance := range map[*hubtest.Effect]float64{
		new(hubtest.Status(503)):                                 0.03,
		new(hubtest.Status(500)):                                 0.01,
		new(hubtest.DropBefore()):                                0.03,
		new(hubtest.DropAfter()):                                 0.03,
		new(hubtest.DropDuring()):                                0.03,
		new(hubtest.Truncated()):                                 0.03,
		new(hubtest.Answer(pageXML)):                             0.02,
		new(hubtest.Fault(1000, "out of order")):                 0.03,
		new(hubtest.Delay(3 * time.Millisecond)):                 0.20,
		new(hubtest.Delay(30 * time.Millisecond)):                0.02,
		new(hubtest.ExpireSession()):                             0.15,
		new(hubtest.EndSession()):                                0.02,
		new(hubtest.Rewrite(func(b []byte) []byte { return b })): 0.01,
	} {
		defer l.Inject(hubtest.Failure{Effect: *effect, Chance: chance})()
	}
	var good, bad atomic.Int64
	var wg sync.WaitGroup
	for caller := range 200 {
		wg.Go(func() {
			for n := range 10 {
				if err := l.callOnce(t, fmt.Sprintf("%d/%d", caller, n)); err == nil {
					good.Add(1)
				} else {
					bad.Add(1)
					checkExpected(t, err)
				}
			}
		})
	}
	wg.Wait()
	s := l.client.Stats()
	t.Logf("%d good, %d failed, %+v", good.Load(), bad.Load(), s)
	if good.Load() < 500 || bad.Load() == 0 || s.Retries == 0 || s.Renewals == 0 || s.Batches == 0 {
		t.Errorf("too few calls, failures or retries: %d good, %d failed, %+v", good.Load(), bad.Load(), s)
	}
	l.Online()
}

// callOnce makes one random call and checks that it gets its own answer.
func (l *lab) callOnce(t *testing.T, token string) error {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if rand.IntN(4) == 0 {
		ctx, cancel = context.WithTimeout(ctx, rand.N(15*time.Millisecond))
		defer cancel()
	}
	var c kojirpc.Caller = l.client
	if rand.IntN(4) == 0 {
		c = l.session
	}
	switch rand.IntN(10) {
	case 0:
		return inBatch(ctx, t, c, token)
	case 1: // by itself
		tags, err := kojirpc.CallInto[[]koji.Target](ctx, c, "getBuildTargets")
		if err == nil && (len(tags) == 0 || tags[0].Name == "") {
			t.Errorf("targets: %+v", tags)
		}
		return err
	}
	return echo(ctx, t, c, token)
}

func echo(ctx context.Context, t *testing.T, c kojirpc.Caller, token string) error {
	got, err := kojirpc.CallInto[[]string](ctx, c, "echo", token, "žluť")
	if err == nil && (len(got) != 2 || got[0] != token) {
		t.Errorf("%s has the answer of %v", token, got)
	}
	return err
}

func inBatch(ctx context.Context, t *testing.T, c kojirpc.Caller, token string) error {
	b := kojirpc.NewBatch(c)
	list := make([]*kojirpc.Result[[]string], 5)
	for i := range list {
		list[i] = kojirpc.Add[[]string](b, "echo", fmt.Sprint(token, "-", i))
	}
	if err := b.Send(ctx); err != nil {
		return err
	}
	var errs []error
	for i, r := range list {
		got, err := r.Get()
		if err == nil && (len(got) != 1 || got[0] != fmt.Sprint(token, "-", i)) {
			t.Errorf("%s has the answer of %v", token, got)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// checkExpected checks that an error results from one of the injected failures.
func checkExpected(t *testing.T, err error) {
	t.Helper()
	_, network := errors.AsType[*kojirpc.NetworkError](err)
	_, status := errors.AsType[*kojirpc.HTTPError](err)
	_, garbled := errors.AsType[*xmlrpc.SyntaxError](err)
	_, away := errors.AsType[*kojirpc.UnavailableError](err)
	switch {
	case network, status, garbled, away:
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, kojirpc.CodeGenericError):
	case errors.Is(err, kojirpc.CodeAuthExpired), errors.Is(err, kojirpc.CodeAuthError), errors.Is(err, kojirpc.CodeRetryError):
		// A session may expire again before its call is retried.
	default:
		t.Errorf("%T: %v", err, err)
	}
}
