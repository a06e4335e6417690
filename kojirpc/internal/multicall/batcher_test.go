package multicall

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/sender"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// fakeDoer is a hub without a network: it waits before each answer, and answers
// every getUser with its argument.
type fakeDoer struct {
	n     int
	takes time.Duration
	fail  error

	mu       sync.Mutex
	requests [][]any // the arguments of each request's calls
	at       []time.Duration
	began    time.Time
	now      int // requests under way
	most     int
	stopped  int // canceled requests
}

func (f *fakeDoer) Concurrency() int { return f.n }

func (f *fakeDoer) Do(ctx context.Context, r *exchange.Request) error {
	method, params, err := xmlrpc.DecodeCall(r.Body, xmlrpc.Limits{})
	if err != nil {
		return err
	}
	f.note(method, params)
	defer func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.now--
	}()
	select {
	case <-time.After(f.takes):
	case <-ctx.Done():
		f.mu.Lock()
		defer f.mu.Unlock()
		f.stopped++
		return context.Cause(ctx)
	}
	if f.fail != nil {
		return f.fail
	}
	answer, err := xmlrpc.AppendResponse(nil, reply(method, params))
	if err != nil {
		return err
	}
	return r.Decode(answer)
}

func (f *fakeDoer) note(method string, params []any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now++
	f.most = max(f.most, f.now)
	f.at = append(f.at, time.Since(f.began))
	if method != "multiCall" {
		f.requests = append(f.requests, params)
		return
	}
	var args []any
	for _, c := range params[0].([]any) {
		args = append(args, c.(map[string]any)["params"].([]any)...)
	}
	f.requests = append(f.requests, args)
}

func reply(method string, params []any) any {
	if method != "multiCall" {
		return params[0]
	}
	results := []any{}
	for _, c := range params[0].([]any) {
		arg := c.(map[string]any)["params"].([]any)[0]
		if n, ok := arg.(int64); ok && n < 0 {
			results = append(results, xmlrpc.Fault{Code: 1000, String: fmt.Sprint("no such user: ", n)})
			continue
		}
		results = append(results, []any{arg})
	}
	return results
}

// newBatcher returns a batcher that uses a fake doer.
func newBatcher(t *testing.T, f *fakeDoer, o Options) *Batcher {
	t.Helper()
	to, err := sender.New(sender.Options{MaxInFlight: 4})
	if err != nil {
		t.Fatal(err)
	}
	f.began = time.Now()
	f.n = cmp.Or(f.n, 4)
	o.Window, o.Size, o.Bytes = cmp.Or(o.Window, 2*time.Millisecond), cmp.Or(o.Size, 100), cmp.Or(o.Bytes, 1<<20)
	o.Sending = func(int) {}
	return New(to, f, o)
}

// ask calls getUser and returns the result.
func ask(ctx context.Context, p *Batcher, n int) (int, error) {
	var got int
	err := p.Call(ctx, "getUser", []any{n}, &got)
	return got, err
}

func TestCallsOfAWindowGoTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDoer{takes: 20 * time.Millisecond}
		p := newBatcher(t, f, Options{Window: 2 * time.Millisecond})
		var wg sync.WaitGroup
		for n := range 3 {
			wg.Go(func() {
				time.Sleep(time.Duration(n) * 900 * time.Microsecond)
				if got, err := ask(t.Context(), p, n); got != n || err != nil {
					t.Errorf("%d: %d, %v", n, got, err)
				}
			})
		}
		wg.Wait()
		if fmt.Sprint(f.requests) != "[[0 1 2]]" || f.at[0] != 2*time.Millisecond {
			t.Errorf("%v at %v", f.requests, f.at)
		}
		time.Sleep(time.Second)
		if got, err := ask(t.Context(), p, 9); got != 9 || err != nil || len(f.requests) != 2 {
			t.Errorf("a call alone: %d, %v, %v", got, err, f.requests)
		}
		if waited := f.at[1] - time.Second - 22*time.Millisecond; waited != 2*time.Millisecond {
			t.Errorf("a call alone waited %s", waited)
		}
	})
}

func TestCallsGatherWhileAllRequestsAreUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDoer{n: 2, takes: 100 * time.Millisecond}
		p := newBatcher(t, f, Options{})
		var wg sync.WaitGroup
		for n := range 50 {
			wg.Go(func() {
				time.Sleep(time.Duration(n) * 5 * time.Millisecond)
				if got, err := ask(t.Context(), p, n); got != n || err != nil {
					t.Errorf("%d: %d, %v", n, got, err)
				}
			})
		}
		wg.Wait()
		// The first two calls are sent alone; the others gather until a request ends.
		if len(f.requests) > 8 || f.most != 2 {
			t.Errorf("%d requests, %d at once: %v", len(f.requests), f.most, f.requests)
		}
	})
}

func TestBatchesAreBounded(t *testing.T) {
	tests := []struct {
		name string
		o    Options
		want int // calls in a request
	}{
		{"by number", Options{Size: 7}, 7},
		{"by bytes", Options{Bytes: 1000}, 4},
		{"at least one", Options{Bytes: 1}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeDoer{takes: time.Millisecond}
				p := newBatcher(t, f, tt.o)
				var wg sync.WaitGroup
				for n := range 30 {
					wg.Go(func() {
						if got, err := ask(t.Context(), p, n); got != n || err != nil {
							t.Errorf("%d: %d, %v", n, got, err)
						}
					})
				}
				wg.Wait()
				for _, request := range f.requests {
					if len(request) > tt.want {
						t.Errorf("%d together", len(request))
					}
				}
				if want := (30 + tt.want - 1) / tt.want; len(f.requests) != want {
					t.Errorf("%d requests, want %d", len(f.requests), want)
				}
			})
		})
	}
}

func TestEachCallerGetsItsOwnFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDoer{}
		p := newBatcher(t, f, Options{})
		var wg sync.WaitGroup
		for n := -5; n < 5; n++ {
			wg.Go(func() {
				got, err := ask(t.Context(), p, n)
				fault, isFault := errors.AsType[*huberror.Fault](err)
				switch {
				case n >= 0 && (got != n || err != nil):
					t.Errorf("%d: %d, %v", n, got, err)
				case n < 0 && (!isFault || fault.Text != fmt.Sprint("no such user: ", n)):
					t.Errorf("%d: %v", n, err)
				}
			})
		}
		wg.Wait()
		if len(f.requests) != 1 {
			t.Errorf("%v", f.requests)
		}
	})
}

func TestFailedRequestReachesAllCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDoer{fail: &huberror.HTTPError{Status: 500}}
		p := newBatcher(t, f, Options{})
		var wg sync.WaitGroup
		for n := range 10 {
			wg.Go(func() {
				if _, err := ask(t.Context(), p, n); !errors.Is(err, f.fail) {
					t.Errorf("%d: %v", n, err)
				}
			})
		}
		wg.Wait()
		if len(f.requests) != 1 {
			t.Errorf("%v", f.requests)
		}
	})
}

func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDoer{n: 1, takes: time.Second}
		p := newBatcher(t, f, Options{})
		var wg sync.WaitGroup
		call := func(n int, wait, patience time.Duration, want error) {
			wg.Go(func() {
				time.Sleep(wait)
				ctx, cancel := context.WithTimeout(t.Context(), patience)
				defer cancel()
				if got, err := ask(ctx, p, n); !errors.Is(err, want) || err == nil && got != n {
					t.Errorf("%d: %d, %v", n, got, err)
				}
			})
		}
		// Two calls are sent together; one caller gives up, the other gets its answer.
		call(1, 0, 500*time.Millisecond, context.DeadlineExceeded)
		call(2, 0, time.Hour, nil)
		// These wait for the doer; one caller gives up before its call is sent.
		call(3, 100*time.Millisecond, 100*time.Millisecond, context.DeadlineExceeded)
		call(4, 100*time.Millisecond, time.Hour, nil)
		// These are sent, and all callers give up: the request is canceled.
		call(5, 1100*time.Millisecond, 1200*time.Millisecond, context.DeadlineExceeded)
		call(6, 1100*time.Millisecond, 1300*time.Millisecond, context.DeadlineExceeded)
		call(7, 2450*time.Millisecond, time.Hour, nil)
		wg.Wait()
		for _, request := range f.requests {
			slices.SortFunc(request, func(a, b any) int { return int(a.(int64) - b.(int64)) })
		}
		if got := fmt.Sprint(f.requests); got != "[[1 2] [4] [5 6] [7]]" || f.stopped != 1 {
			t.Errorf("%v, %d canceled", got, f.stopped)
		}
		synctest.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.queue) != 0 || p.running != 0 || p.deadline != nil {
			t.Errorf("left behind: %+v", p)
		}
	})
}

func TestNoCallAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDoer{n: 1, takes: time.Second}
		p := newBatcher(t, f, Options{})
		var wg sync.WaitGroup
		wg.Go(func() {
			if got, err := ask(t.Context(), p, 1); got != 1 || err != nil {
				t.Error(got, err)
			}
		})
		wg.Go(func() {
			time.Sleep(500 * time.Millisecond)
			if _, err := ask(t.Context(), p, 2); !errors.Is(err, huberror.ErrClosed) {
				t.Error(err)
			}
		})
		time.Sleep(700 * time.Millisecond)
		p.sender.Calls.Close()
		wg.Wait()
		if err := p.sender.Calls.Wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestArgumentsAreEncodedImmediately(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeDoer{n: 1}
		p := newBatcher(t, f, Options{})
		args := []any{[]any{"before"}}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			var got any
			_ = p.Call(ctx, "getUser", args, &got)
		})
		synctest.Wait()
		cancel()
		wg.Wait()
		args[0].([]any)[0] = "after" // the race detector would report a late read
		wg.Go(func() {
			var got any
			if err := p.Call(t.Context(), "getUser", []any{func() {}}, &got); err == nil || !strings.Contains(err.Error(), "not an XML-RPC type") {
				t.Error(err)
			}
		})
		wg.Wait()
	})
}
