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

// receiver is a web server that receives events.
type receiver struct {
	*httptest.Server
	// mood, if it returns true, has answered instead of the receiver.
	mood func(w http.ResponseWriter, req incoming) bool
	// refuse returns the status of the response to a request with this event, 0 to accept
	// it. If refuse is nil, the receiver accepts all events.
	refuse func(e out) int

	mu    sync.Mutex
	asked []asked                // in the order of arrival
	times map[string][]time.Time // by path and event
}

// incoming has what the mood of a receiver may depend on.
type incoming struct {
	number int // the number of its first event, in order of arrival
	tries  int // how often the most frequent of its events has come
}

// asked is an event in a request to the receiver.
type asked struct {
	out
	request int    // the number of the request
	path    string // of the request
	at      time.Time
	replica string // the sender
	trace   string // the header traceparent
	taken   bool   // accepted; false while that is not certain
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
		panic(http.ErrAbortHandler) // the sender was killed
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
	// Record it now: once the response has started, the sender may continue.
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

// wordy marks events as accepted before it writes the first byte of a response with status
// 200, which the sender may get long before the last byte is written.
type wordy struct {
	http.ResponseWriter
	take func()
}

func (w wordy) Write(p []byte) (int, error) {
	w.take()
	return w.ResponseWriter.Write(p)
}

// eventsIn decodes one or more events.
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

// speechless writes no body, which would start a response with status 200.
type speechless struct{ http.ResponseWriter }

func (speechless) Write(p []byte) (int, error) { return len(p), nil }

// worst returns the worst status of the events, 0 if all are accepted.
func (r *receiver) worst(events []out) (worst int) {
	for _, e := range events {
		if r.refuse != nil {
			worst = max(worst, r.refuse(e))
		}
	}
	return worst
}

// taken returns the accepted events with their requests, in the order of arrival.
func (r *receiver) taken() []asked {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.asked), func(a asked) bool { return !a.taken })
}

// all returns the accepted events.
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

// whims makes a receiver fail for three requests in ten, in every possible way.
func whims(w http.ResponseWriter, req incoming) bool {
	switch {
	case req.number == 100:
		w.Header().Set("Retry-After", "1")
		w.WriteHeader(http.StatusTooManyRequests)
	case req.number == 200:
		_, _ = w.Write(make([]byte, 10<<20))
		return false // it has the event, and sends a large response
	case rand.IntN(10) >= 3:
		return false
	case rand.IntN(2) == 0:
		w.WriteHeader(http.StatusInternalServerError)
	default:
		panic(http.ErrAbortHandler) // the connection is reset
	}
	return true
}

// TestFlakyReceiver checks that a receiver which fails in many ways gets each event at least
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

// TestReceiverKills checks that nothing is lost when the daemon is killed twenty times with
// requests in flight, and the broker restarts.
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

// TestFailover checks that one of two replicas works, that the other takes over within ten
// seconds after the first is killed, and that order holds.
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

// TestStorm checks that a receiver which answers 500 to everything gets each event as often
// as configured, at random times, and that the events then become dead letters.
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

// TestReceiverDownForLong checks that a receiver which is down for longer than the broker
// lets a consumer hold a message gets everything in order when it is back, and that the
// other sink of the process works in the meantime.
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
