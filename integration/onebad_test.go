//go:build integration

package integration

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// TestOneBadEvent checks that an event which the receiver always answers with 500 does not
// block later events, although it comes first, on a quiet bus, so that the sink counts as
// down. It becomes a dead letter after its attempts, counted over several sessions and a
// restart of the daemon.
func TestOneBadEvent(t *testing.T) {
	t.Parallel() // it mostly waits
	const attempts, bad = 12, "2"
	v := rig.Broker(t)
	r := newReceiver(t, nil)
	r.refuse = func(e out) int {
		if e.ID == bad {
			return http.StatusInternalServerError
		}
		return 0
	}
	path := webhookConfig(t, v.URL(), r.URL, fmt.Sprintf("retry: {attempts: %d, hold_limit: 4s, down_after: 4}", attempts))
	d := rig.Daemon(t, "run", "--config", path)
	consuming(t, v)
	messages := recorded(t, 60)[1:] // the first one is about a task
	publish(t, v, messages[:1])
	rig.Eventually(t, patience, func() error {
		if n := len(r.tries(bad)); n < 5 {
			return fmt.Errorf("the bad event was tried %d times", n)
		}
		return nil
	})
	publish(t, v, messages[1:])
	published := time.Now()
	rig.Eventually(t, patience, func() error {
		if n := len(r.tries(bad)); n < attempts-2 {
			return fmt.Errorf("the bad event was tried %d times", n)
		}
		return nil
	})
	stop(t, d)
	rig.Daemon(t, "run", "--config", path)
	holds(t, v, queue+".dead", 1)
	letter := get(t, v, queue+".dead")
	if h := letter.Headers; letter.MessageId != bad || h["x-kojiwatch-reason"] != "retries_spent" {
		t.Errorf("dead letter %s, headers %v", letter.MessageId, h)
	}
	if n := len(r.tries(bad)); n < attempts || n > 2*attempts { // some attempts count as a tenth
		t.Errorf("the bad event was tried %d times, want about %d", n, attempts)
	}
	rig.Eventually(t, patience, func() error { return atLeast(r.all(), len(messages)-1) })
	task, slowest := r.tries(bad)[0].about(), time.Duration(0)
	for _, e := range r.taken() {
		if e.about() != task {
			slowest = max(slowest, e.at.Sub(published))
		}
	}
	if slowest > 10*time.Second {
		t.Errorf("an unrelated event was delivered after %s", slowest)
	}
	t.Logf("the bad event was tried %d times; the slowest of the others took %s", len(r.tries(bad)), slowest.Round(time.Millisecond))
}

// tries returns the requests with an event.
func (r *receiver) tries(id string) []asked {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.asked), func(a asked) bool { return a.ID != id })
}
