package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// fakeLine is a hub without a network: it takes a while for each request and
// then answers every getUser with its argument.
type fakeLine struct {
	n     int
	takes time.Duration
	fail  error

	mu      sync.Mutex
	trips   [][]any // the arguments of each request's calls
	at      []time.Duration
	began   time.Time
	now     int // requests under way
	most    int
	stopped int // requests broken off
}

func (f *fakeLine) lanes() int { return f.n }

func (f *fakeLine) run(ctx context.Context, j *job) error {
	method, params, err := xmlrpc.DecodeCall(j.body, xmlrpc.Limits{})
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
	return j.decode(answer)
}

func (f *fakeLine) note(method string, params []any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now++
	f.most = max(f.most, f.now)
	f.at = append(f.at, time.Since(f.began))
	if method != "multiCall" {
		f.trips = append(f.trips, params)
		return
	}
	var args []any
	for _, c := range params[0].([]any) {
		args = append(args, c.(map[string]any)["params"].([]any)...)
	}
	f.trips = append(f.trips, args)
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

// newPool makes a pool on a fake line.
func newPool(t *testing.T, f *fakeLine, b Batching) *pool {
	t.Helper()
	h, err := newHub(Options{Server: "https://koji.example.com/kojihub", Batching: b})
	if err != nil {
		t.Fatal(err)
	}
	f.began = time.Now()
	if f.n == 0 {
		f.n = 4
	}
	return &pool{hub: h, line: f}
}

// ask calls getUser and reports what came back.
func ask(ctx context.Context, p *pool, n int) (int, error) {
	var got int
	err := p.call(ctx, "getUser", []any{n}, func() any { return &got })
	return got, err
}

func TestCallsOfAWindowTravelTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLine{takes: 20 * time.Millisecond}
		p := newPool(t, f, Batching{Window: 2 * time.Millisecond})
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
		if fmt.Sprint(f.trips) != "[[0 1 2]]" || f.at[0] != 2*time.Millisecond {
			t.Errorf("%v at %v", f.trips, f.at)
		}
		time.Sleep(time.Second)
		if got, err := ask(t.Context(), p, 9); got != 9 || err != nil || len(f.trips) != 2 {
			t.Errorf("a call alone: %d, %v, %v", got, err, f.trips)
		}
		if waited := f.at[1] - time.Second - 22*time.Millisecond; waited != 2*time.Millisecond {
			t.Errorf("a call alone waited %s", waited)
		}
	})
}

func TestCallsGatherWhileLanesAreTaken(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLine{n: 2, takes: 100 * time.Millisecond}
		p := newPool(t, f, Batching{})
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
		// Two go alone, then a lane comes free every now and then.
		if len(f.trips) > 8 || f.most != 2 {
			t.Errorf("%d trips, %d at once: %v", len(f.trips), f.most, f.trips)
		}
	})
}

func TestTripsAreBounded(t *testing.T) {
	tests := []struct {
		name string
		b    Batching
		want int // calls to a trip
	}{
		{"by number", Batching{Size: 7}, 7},
		{"by bytes", Batching{Bytes: 1000}, 4},
		{"one at least", Batching{Bytes: 1}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &fakeLine{takes: time.Millisecond}
				p := newPool(t, f, tt.b)
				var wg sync.WaitGroup
				for n := range 30 {
					wg.Go(func() {
						if got, err := ask(t.Context(), p, n); got != n || err != nil {
							t.Errorf("%d: %d, %v", n, got, err)
						}
					})
				}
				wg.Wait()
				for _, trip := range f.trips {
					if len(trip) > tt.want {
						t.Errorf("%d together", len(trip))
					}
				}
				if want := (30 + tt.want - 1) / tt.want; len(f.trips) != want {
					t.Errorf("%d trips, want %d", len(f.trips), want)
				}
			})
		})
	}
}

func TestEachCallerItsOwnFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLine{}
		p := newPool(t, f, Batching{})
		var wg sync.WaitGroup
		for n := -5; n < 5; n++ {
			wg.Go(func() {
				got, err := ask(t.Context(), p, n)
				fault, isFault := errors.AsType[*GenericError](err)
				switch {
				case n >= 0 && (got != n || err != nil):
					t.Errorf("%d: %d, %v", n, got, err)
				case n < 0 && (!isFault || fault.Text != fmt.Sprint("no such user: ", n)):
					t.Errorf("%d: %v", n, err)
				}
			})
		}
		wg.Wait()
		if len(f.trips) != 1 {
			t.Errorf("%v", f.trips)
		}
	})
}

func TestWholeFailureReachesAll(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLine{fail: &HTTPError{Status: 500}}
		p := newPool(t, f, Batching{})
		var wg sync.WaitGroup
		for n := range 10 {
			wg.Go(func() {
				if _, err := ask(t.Context(), p, n); !errors.Is(err, f.fail) {
					t.Errorf("%d: %v", n, err)
				}
			})
		}
		wg.Wait()
		if len(f.trips) != 1 {
			t.Errorf("%v", f.trips)
		}
	})
}

func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLine{n: 1, takes: time.Second}
		p := newPool(t, f, Batching{})
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
		// Two travel together; one gives up, the other has its answer.
		call(1, 0, 500*time.Millisecond, context.DeadlineExceeded)
		call(2, 0, time.Hour, nil)
		// These wait for the lane; one gives up before it travels.
		call(3, 100*time.Millisecond, 100*time.Millisecond, context.DeadlineExceeded)
		call(4, 100*time.Millisecond, time.Hour, nil)
		// These travel and all give up: the request is broken off.
		call(5, 1100*time.Millisecond, 1200*time.Millisecond, context.DeadlineExceeded)
		call(6, 1100*time.Millisecond, 1300*time.Millisecond, context.DeadlineExceeded)
		call(7, 2450*time.Millisecond, time.Hour, nil)
		wg.Wait()
		for _, trip := range f.trips {
			slices.SortFunc(trip, func(a, b any) int { return int(a.(int64) - b.(int64)) })
		}
		if got := fmt.Sprint(f.trips); got != "[[1 2] [4] [5 6] [7]]" || f.stopped != 1 {
			t.Errorf("%v, %d broken off", got, f.stopped)
		}
		synctest.Wait()
		p.mu.Lock()
		defer p.mu.Unlock()
		if len(p.waiting) != 0 || p.running != 0 || p.timer != nil {
			t.Errorf("left behind: %+v", p)
		}
	})
}

func TestNobodyBoardsAfterTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLine{n: 1, takes: time.Second}
		p := newPool(t, f, Batching{})
		var wg sync.WaitGroup
		wg.Go(func() {
			if got, err := ask(t.Context(), p, 1); got != 1 || err != nil {
				t.Error(got, err)
			}
		})
		wg.Go(func() {
			time.Sleep(500 * time.Millisecond)
			if _, err := ask(t.Context(), p, 2); !errors.Is(err, ErrClosed) {
				t.Error(err)
			}
		})
		time.Sleep(700 * time.Millisecond)
		p.hub.work.close()
		wg.Wait()
		if err := p.hub.work.wait(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

func TestArgumentsAreTakenAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fakeLine{n: 1}
		p := newPool(t, f, Batching{})
		args := []any{[]any{"before"}}
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			var got any
			_ = p.call(ctx, "getUser", args, func() any { return &got })
		})
		synctest.Wait()
		cancel()
		wg.Wait()
		args[0].([]any)[0] = "after" // the race detector would see a late reader
		wg.Go(func() {
			var got any
			if err := p.call(t.Context(), "getUser", []any{func() {}}, func() any { return &got }); err == nil || !strings.Contains(err.Error(), "none of XML-RPC's types") {
				t.Error(err)
			}
		})
		wg.Wait()
	})
}

func TestWhatTravels(t *testing.T) {
	h, err := newHub(Options{Server: "http://koji.example.com/kojihub", Batching: Batching{ReadOnly: []string{"sidetag.get"}}})
	if err != nil {
		t.Fatal(err)
	}
	limit := map[string]any{"limit": 5}
	tests := []struct {
		method   string
		args     []any
		travels  bool
		readOnly bool
	}{
		{"getUser", []any{5}, true, true},
		{"listTaskOutput", []any{5}, true, true},
		{"listBuilds", []any{5}, false, true},
		{"listBuilds", []any{5, Named{"state": 1}}, false, true},
		{"listBuilds", []any{5, Named{"queryOpts": limit}}, true, true},
		{"listBuilds", []any{5, Named{"queryOpts": map[string]any{"limit": 100000}}}, false, true},
		{"listBuilds", []any{5, Named{"queryOpts": countOnly()}}, true, true},
		{"listBuilds", []any{Named{"taskID": 5}}, true, true},
		{"listBuilds", []any{Named{"taskID": nil}}, false, true},
		{"listTags", []any{Named{"build": "a-1-1"}}, true, true},
		{"listTasks", []any{map[string]any{}, limit}, true, true},
		{"listTasks", []any{map[string]any{}, map[string]any{"limit": int64(5)}}, true, true},
		{"listTasks", []any{map[string]any{}, map[string]any{"limit": 0}}, false, true},
		{"listTasks", []any{map[string]any{"limit": "5"}}, false, true},
		{"listChannels", nil, false, true},
		{"sidetag.get", nil, true, true},
		{"build", []any{"git://x"}, false, false},
		{"tagBuild", nil, false, false},
		{"multiCall", nil, false, false},
		{"getTagID", []any{"x", Named{"create": true}}, false, false},
		{"getSecretOfAPlugin", nil, false, false},
		{"logout", nil, false, false},
		{"sslLogin", nil, false, false},
		{"host.getTasks", nil, false, false},
	}
	for _, tt := range tests {
		if got := h.travels(tt.method, tt.args); got != tt.travels {
			t.Errorf("%s %v travels: %v", tt.method, tt.args, got)
		}
		if got := h.isReadOnly(tt.method); got != tt.readOnly {
			t.Errorf("%s only reads: %v", tt.method, got)
		}
	}
}
