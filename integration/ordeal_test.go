//go:build integration

package integration

import (
	"context"
	"math/rand/v2"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// hardship is a way in which a receiver fails. If it returns true, it has answered instead
// of the receiver.
type hardship struct {
	name   string
	answer func(w http.ResponseWriter, req incoming) bool
}

// hardships returns all hardships in order. long is the time that a slow response takes.
func hardships(long time.Duration) []hardship {
	var slow, wordy atomic.Int32
	return []hardship{
		{"away", func(http.ResponseWriter, incoming) bool { panic(http.ErrAbortHandler) }},
		{"failing", func(w http.ResponseWriter, _ incoming) bool { return fails(w, http.StatusInternalServerError) }},
		// At most three times in a row, so that no event uses up its attempts by chance.
		{"flaky", func(w http.ResponseWriter, req incoming) bool {
			return req.tries%4 > 0 && rand.IntN(10) < 3 && fails(w, http.StatusServiceUnavailable)
		}},
		{"reset", func(http.ResponseWriter, incoming) bool {
			if rand.IntN(2) == 0 {
				panic(http.ErrAbortHandler)
			}
			return false
		}},
		{"busy", func(w http.ResponseWriter, _ incoming) bool {
			if rand.IntN(5) > 0 {
				return false
			}
			w.Header().Set("Retry-After", "1")
			return fails(w, http.StatusTooManyRequests)
		}},
		{"wordy", func(w http.ResponseWriter, _ incoming) bool {
			if wordy.Add(1) <= 50 {
				_, _ = w.Write(make([]byte, 10<<20)) // it has the event, and sends a large response
			}
			return false
		}},
		{"short", cut},
		{"slow", func(http.ResponseWriter, incoming) bool {
			if slow.Add(1) <= 5 {
				time.Sleep(long)
			}
			return false
		}},
	}
}

func fails(w http.ResponseWriter, status int) bool {
	w.WriteHeader(status)
	return true
}

// cut accepts the event and closes the connection in the middle of the response.
func cut(w http.ResponseWriter, _ incoming) bool {
	w.Header().Set("Content-Length", "100")
	_, _ = w.Write([]byte("half of i"))
	return false
}

// ordeal has the parameters of TestOrdeal.
type ordeal struct {
	calm, hard int           // messages
	perSecond  int           // of them
	each       time.Duration // the duration of a hardship
}

// TestOrdeal checks that every event arrives, in order per task and build, although the
// receiver fails in every way, and that the other sink of the process does not wait.
func TestOrdeal(t *testing.T) {
	ordeal{calm: 4_000, hard: 16_000, perSecond: 500, each: 4 * time.Second}.run(t)
}

func (o ordeal) run(t *testing.T) {
	t.Helper()
	v := rig.Broker(t)
	var now atomic.Pointer[hardship]
	r := newReceiver(t, func(w http.ResponseWriter, req incoming) bool {
		h := now.Load()
		return h != nil && h.answer(w, req)
	})
	path := webhookConfig(t, v.URL(), r.URL, `request_timeout: 1m
  - {name: beside, type: file, path: /dev/null, topics: ["#"]}
admin: {listen: "127.0.0.1:0"}
estimates: {enabled: false}`)
	d := rig.Daemon(t, "run", "--config", path)
	address := adminAddress(t, d)
	consuming(t, v)
	messages := recorded(t, o.calm+o.hard)
	begin := scrape(t, address)
	publishEvenly(t, v, messages[:o.calm], o.perSecond)
	calm := scrape(t, address)

	ctx, cancel := context.WithCancel(t.Context())
	changed := make(chan struct{})
	go func() {
		defer close(changed)
		o.change(ctx, &now)
	}()
	publishEvenly(t, v, messages[o.calm:], o.perSecond)
	cancel()
	<-changed
	hard := scrape(t, address)
	now.Store(&hardships(0)[0])
	idle := o.idle(t, address)
	now.Store(nil)
	allIn(t, o.calm+o.hard, r.all)
	empty(t, v, queue)
	end := scrape(t, address)
	stop(t, d)

	ordered(t, r.all())
	_, again := missing(t, o.calm+o.hard, r.all())
	before, during := p99(calm, begin), p99(hard, calm)
	t.Logf("%d came twice; p99 of the other sink: %gs before, %gs during; %.2f of a core while the receiver was down; %.0f and %.0f MiB",
		again, before, during, idle, calm[rss]/(1<<20), end[rss]/(1<<20))
	if got := end[lag+`_count{sink="beside"}`]; got != float64(o.calm+o.hard) {
		t.Errorf("the other sink has %.0f events, want %d", got, o.calm+o.hard)
	}
	if during > max(0.1, 4*before) {
		t.Errorf("the other sink waited: its p99 was %gs before, and %gs during the failures", before, during)
	}
	if idle > 0.25 {
		t.Errorf("the daemon uses %.2f of a core while the receiver is down", idle)
	}
	if end[rss] > 2*calm[rss]+(64<<20) {
		t.Errorf("the daemon uses %.0f MiB, and used %.0f before", end[rss]/(1<<20), calm[rss]/(1<<20))
	}
}

// publishEvenly publishes at an even pace.
func publishEvenly(t *testing.T, v *rig.VHost, messages []replay.Message, perSecond int) {
	t.Helper()
	p := rig.Publisher(t, v)
	p.Persistent = true
	batch := max(1, perSecond/20)
	tick := time.NewTicker(time.Second / 20)
	defer tick.Stop()
	for len(messages) > 0 {
		n := min(batch, len(messages))
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		err := p.Publish(ctx, messages[:n]...)
		cancel()
		if err != nil {
			t.Errorf("%d messages were not published: %v", len(messages), err)
			return
		}
		messages = messages[n:]
		<-tick.C
	}
}

// change changes the hardship periodically until ctx ends.
func (o ordeal) change(ctx context.Context, now *atomic.Pointer[hardship]) {
	tick := time.NewTicker(o.each)
	defer tick.Stop()
	list := hardships(30 * time.Second)
	for i := 0; ; i++ {
		now.Store(&list[i%len(list)])
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// idle returns the share of a core that a daemon uses while its receiver is down, after it
// has noticed that.
func (o ordeal) idle(t *testing.T, address string) float64 {
	t.Helper()
	const notices, looks = 5 * time.Second, 8 * time.Second
	time.Sleep(notices)
	before := scrape(t, address)
	time.Sleep(looks)
	return (scrape(t, address)[cpu] - before[cpu]) / looks.Seconds()
}

// Metrics of the process.
const (
	rss = "process_resident_memory_bytes"
	cpu = "process_cpu_seconds_total"
	lag = "kojiwatch_event_lag_seconds"
)

// p99 returns the time within which 99 of 100 events between two scrapes reached the other
// sink: the upper bound of a bucket, in seconds.
func p99(now, before scraped) float64 {
	total := now[lag+`_count{sink="beside"}`] - before[lag+`_count{sink="beside"}`]
	least := 1e9
	for series, n := range now {
		bound, ok := strings.CutPrefix(series, lag+`_bucket{sink="beside",le="`)
		le, err := strconv.ParseFloat(strings.TrimSuffix(bound, `"}`), 64)
		if ok && err == nil && n-before[series] >= 0.99*total {
			least = min(least, le)
		}
	}
	return least
}
