//go:build integration

package integration

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
)

// receiver is the web server of somebody who takes events.
type receiver struct {
	*httptest.Server
	// mood answers in place of the receiver, if it returns true.
	mood func(w http.ResponseWriter, req incoming) bool
	// refuse is the status of the answer to a request with this event, 0 if it is taken;
	// nil takes all.
	refuse func(e out) int

	mu    sync.Mutex
	asked []asked                // as they came
	times map[string][]time.Time // by path and event
}

// incoming is what the mood of a receiver may depend on.
type incoming struct {
	number int // that of its first event among all that came
	tries  int // how often that of its events has come which came the most
}

// asked is an event in a request that the receiver had.
type asked struct {
	out
	request int    // a number that the events of one request share
	path    string // where it came to
	at      time.Time
	replica string // who sent it
	trace   string // the header traceparent
	taken   bool   // and not turned away; false while that is not clear
}

func newReceiver(t *testing.T, mood func(http.ResponseWriter, incoming) bool) *receiver {
	t.Helper()
	r := &receiver{mood: mood, times: map[string][]time.Time{}}
	r.Server = httptest.NewUnstartedServer(r)
	r.Start()
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	events, err := eventsIn(req.Body)
	if err != nil {
		panic(http.ErrAbortHandler) // it was killed in the middle
	}
	r.mu.Lock()
	first := len(r.asked)
	this := incoming{number: first + 1}
	for _, e := range events {
		r.asked = append(r.asked, asked{
			out: e, request: first + 1, path: req.URL.Path, at: time.Now(),
			replica: req.Header.Get("X-Replica"), trace: req.Header.Get("Traceparent"),
		})
		key := req.URL.Path + " " + e.ID
		r.times[key] = append(r.times[key], time.Now())
		this.tries = max(this.tries, len(r.times[key]))
	}
	r.mu.Unlock()
	// Its turn is when it came: once the answer has begun, the sender may go on.
	take := func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		for i := range events {
			r.asked[first+i].taken = true
		}
	}
	answer, worst := http.ResponseWriter(wordy{w, take}), r.worst(events)
	if worst > 0 {
		answer = speechless{w}
	}
	if r.mood != nil && r.mood(answer, this) || worst > 0 && fails(w, worst) {
		return
	}
	take()
}

// wordy takes events before it writes the first byte of an answer, which says that all is
// well: the sender may have that long before the last one is written.
type wordy struct {
	http.ResponseWriter
	take func()
}

func (w wordy) Write(p []byte) (int, error) {
	w.take()
	return w.ResponseWriter.Write(p)
}

// eventsIn reads one event or more.
func eventsIn(body io.Reader) (events []out, err error) {
	for lines := json.NewDecoder(body); ; {
		var e out
		if err := lines.Decode(&e); errors.Is(err, io.EOF) {
			return events, nil
		} else if err != nil {
			return nil, err
		}
		events = append(events, e)
	}
}

// speechless writes no body, which would begin an answer that says all is well.
type speechless struct{ http.ResponseWriter }

func (speechless) Write(p []byte) (int, error) { return len(p), nil }

// worst is the worst status that one of the events gets; 0 if all are taken.
func (r *receiver) worst(events []out) (worst int) {
	for _, e := range events {
		if r.refuse != nil {
			worst = max(worst, r.refuse(e))
		}
	}
	return worst
}

// taken are the requests with events that it took, in the order in which they came.
func (r *receiver) taken() []asked {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.asked), func(a asked) bool { return !a.taken })
}

// all are those events.
func (r *receiver) all() []out {
	taken := r.taken()
	all := make([]out, len(taken))
	for i, a := range taken {
		all[i] = a.out
	}
	return all
}

// webhookConfig writes a configuration with one webhook sink.
func webhookConfig(t *testing.T, brokerURL, url, keys string) string {
	t.Helper()
	return sinkConfig(t, brokerURL, "webhook", fmt.Sprintf("url: %q\n    %s", url, keys))
}

// whims is a receiver of which three answers in ten are bad, in every way there
// is.
func whims(w http.ResponseWriter, req incoming) bool {
	switch {
	case req.number == 100:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case req.number == 200:
		_, _ = w.Write(make([]byte, 10<<20))
		return false // it has the event, and much to say
	case rand.IntN(10) >= 3:
		return false
	case rand.IntN(2) == 0:
		w.WriteHeader(http.StatusInternalServerError)
	default:
		panic(http.ErrAbortHandler) // the connection is reset
	}
	return true
}

// TestFlakyReceiver: a receiver that fails in many ways gets each event at least
// once, in order per task and build.
func TestFlakyReceiver(t *testing.T) {
	const n = 1_500
	v := rig.Broker(t)
	r := newReceiver(t, whims)
	d := rig.Daemon(t, "run", "--config", webhookConfig(t, v.URL(), r.URL, "retry: {attempts: 50}"))
	consuming(t, v)
	publish(t, v, recorded(t, n))
	allIn(t, n, r.all)
	empty(t, v, queue)
	if s := stop(t, d); s.Done != n || s.Dead != 0 {
		t.Errorf("the daemon counted %+v", s)
	}
	ordered(t, r.all())
	_, again := missing(t, n, r.all())
	r.mu.Lock()
	defer r.mu.Unlock()
	t.Logf("%d requests for %d events, %d came twice", len(r.asked), n, again)
}

// TestReceiverKills: the daemon is killed twenty times with requests in flight, and the
// broker restarts in the middle.
func TestReceiverKills(t *testing.T) {
	const n, kills = 4_000, 20
	broker := rig.PrivateBroker(t)
	v := broker.VHost
	r := newReceiver(t, nil)
	config := webhookConfig(t, v.URL(), r.URL, "in_flight: 16")
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	publish(t, v, recorded(t, n))
	for i := range kills {
		if i == kills/2 {
			if err := broker.Restart(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		before := len(r.all()) + rand.IntN(n/kills/2)
		rig.Eventually(t, patience, func() error { return atLeast(r.all(), min(before, n)) })
		d.Kill()
		d = rig.Daemon(t, "run", "--config", config)
	}
	allIn(t, n, r.all)
	empty(t, v, queue)
	stop(t, d)
	ordered(t, r.all())
	_, again := missing(t, n, r.all())
	t.Logf("%d kills, %d came twice", kills, again)
}

// TestFailover: of two replicas one works; when it is killed the other takes over
// within ten seconds, and order holds.
func TestFailover(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 2_000
	v := rig.Broker(t)
	r := newReceiver(t, func(http.ResponseWriter, incoming) bool { time.Sleep(5 * time.Millisecond); return false })
	replicas := map[string]*rig.Process{}
	for _, name := range []string{"a", "b"} {
		replicas[name] = rig.Daemon(t, "run", "--config", webhookConfig(t, v.URL(), r.URL, "in_flight: 4\n    headers: {X-Replica: "+name+"}"))
	}
	rig.Eventually(t, patience, func() error {
		stats, err := v.QueueStats(t.Context(), queue)
		if err == nil && stats.Consumers != 2 {
			err = fmt.Errorf("%d consumers", stats.Consumers)
		}
		return err
	})
	publish(t, v, recorded(t, n))
	rig.Eventually(t, patience, func() error { return atLeast(r.all(), n/4) })
	active := r.taken()[0].replica
	replicas[active].Kill()
	killed := time.Now()
	rig.Eventually(t, 10*time.Second, func() error {
		taken := r.taken()
		if taken[len(taken)-1].replica == active {
			return errors.New("the other replica has sent nothing")
		}
		return nil
	})
	t.Logf("the other took over after %s", time.Since(killed).Round(time.Millisecond))
	allIn(t, n, r.all)
	empty(t, v, queue)
	ordered(t, r.all())
}

// TestStorm: a receiver that answers 500 to everything gets each event as often
// as is configured and no more, at times that are spread, and then the events are
// dead letters.
func TestStorm(t *testing.T) {
	t.Parallel() // it mostly waits
	const n, attempts = 500, 4
	v := rig.Broker(t)
	r := newReceiver(t, func(w http.ResponseWriter, _ incoming) bool {
		w.WriteHeader(http.StatusInternalServerError)
		return true
	})
	rig.Daemon(t, "run", "--config", webhookConfig(t, v.URL(), r.URL, fmt.Sprintf("retry: {attempts: %d, down_after: 0}", attempts)))
	consuming(t, v)
	publish(t, v, recorded(t, n))
	holds(t, v, queue+".dead", n)
	empty(t, v, queue)
	letter := get(t, v, queue+".dead")
	if h := letter.Headers; h["x-kojiwatch-reason"] != "retries_spent" || h["x-kojiwatch-attempts"] != int64(attempts) || h["x-kojiwatch-first-attempt"] == nil {
		t.Errorf("headers %v", h)
	}
	var pauses []time.Duration
	r.mu.Lock()
	defer r.mu.Unlock()
	for id, times := range r.times {
		if len(times) != attempts {
			t.Errorf("event %s was tried %d times, want %d", id, len(times), attempts)
		}
		pauses = append(pauses, times[1].Sub(times[0]))
	}
	slices.Sort(pauses)
	if spread := pauses[len(pauses)*3/4] - pauses[len(pauses)/4]; spread < 100*time.Millisecond {
		t.Errorf("half of the first pauses are within %s: no jitter", spread)
	}
}

// TestReceiverDownForLong: a receiver that is away for longer than the broker lets
// a consumer hold a message gets everything when it is back, in order; meanwhile
// nothing is held and the other sink of the process is served.
func TestReceiverDownForLong(t *testing.T) {
	t.Parallel() // it mostly waits
	const n, away = 1_000, 75 * time.Second
	broker := rig.PrivateBroker(t, rabbit.WithConfig("consumer_timeout = 60000"))
	r := newReceiver(t, nil)
	var mu sync.Mutex
	down := true
	r.mood = func(http.ResponseWriter, incoming) bool {
		mu.Lock()
		defer mu.Unlock()
		if down {
			panic(http.ErrAbortHandler)
		}
		return false
	}
	path := webhookConfig(t, broker.URL(), r.URL, "retry: {hold_limit: 10s}\n  - {name: beside, type: stdout, topics: [\"#\"]}")
	d := rig.Daemon(t, "run", "--config", path)
	consuming(t, broker.VHost)
	publish(t, broker.VHost, recorded(t, n))
	since := time.Now()
	arrived(t, n, d) // at the other sink
	t.Logf("the other sink had everything after %s", time.Since(since).Round(time.Millisecond))
	holds(t, broker.VHost, queue, n)
	time.Sleep(away - time.Since(since))
	mu.Lock()
	down = false
	mu.Unlock()
	allIn(t, n, r.all)
	empty(t, broker.VHost, queue)
	ordered(t, r.all())
	t.Logf("all had arrived %s after the receiver came back", (time.Since(since) - away).Round(time.Millisecond))
}
