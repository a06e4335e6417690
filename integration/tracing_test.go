//go:build integration

package integration

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/collector"
)

// theirs is the trace of the publisher.
const theirs = "4bf92f3577b34da6a3ce929d0e0e4736"

func newCollector(t *testing.T) (*collector.Collector, string) {
	t.Helper()
	c := new(collector.Collector)
	server := httptest.NewServer(c)
	t.Cleanup(server.Close)
	return c, server.URL + collector.Path
}

// traced adds a collector to a configuration.
func traced(t *testing.T, config, endpoint, keys string) string {
	t.Helper()
	edit(t, config, "sinks:", fmt.Sprintf("tracing: {endpoint: %q, %s}\nsinks:", endpoint, keys))
	return config
}

// TestTraces checks that a delivery is a single trace from the publisher to the receiver,
// with its attempts, and that only the collector gets the secret.
func TestTraces(t *testing.T) {
	t.Parallel() // it mostly waits
	const n, secret = 20, "Bearer s3cr3t-for-traces"
	v := rig.Broker(t)
	c, endpoint := newCollector(t)
	r := newReceiver(t, func(w http.ResponseWriter, req incoming) bool {
		if req.number == 1 {
			w.WriteHeader(http.StatusBadGateway)
		}
		return req.number == 1
	})
	d := rig.Daemon(t, "run", "--config", traced(t, webhookConfig(t, v.URL(), r.URL, "in_flight: 1"), endpoint, fmt.Sprintf("authorization: %q", secret)))
	consuming(t, v)
	messages := recorded(t, n)
	messages[0].Publishing.Headers["traceparent"] = "00-" + theirs + "-00f067aa0ba902b7-01"
	publish(t, v, append(messages, unreadable()))
	allIn(t, n, r.all)
	holds(t, v, queue+".dead", 1)
	empty(t, v, queue)
	if s := stop(t, d); s.Done != n || s.Dead != 1 {
		t.Errorf("the daemon counted %+v", s)
	}
	if text := d.Stderr(); strings.Contains(text, "s3cr3t") {
		t.Errorf("the log contains the secret:\n%s", text)
	}

	settled := map[string]int{}
	attempts := map[string][]collector.Span{} // by trace
	ids := map[string]bool{}
	for _, s := range c.Spans() {
		ids[s.Trace+"-"+s.ID] = true
		switch s.Name {
		case "process out":
			settled[s.Attributes["kojiwatch.settled"]]++
		case "send out":
			attempts[s.Trace] = append(attempts[s.Trace], s)
		}
	}
	if settled["done"] != n || settled["dead"] != 1 {
		t.Errorf("deliveries were settled so: %v", settled)
	}
	first := attempts[theirs]
	if len(first) != 2 || !first[0].Failed || !strings.Contains(first[0].Error, "502") || first[1].Failed {
		t.Errorf("the first message was sent so: %+v", first)
	}
	for _, request := range r.taken() {
		if span := strings.TrimSuffix(strings.TrimPrefix(request.trace, "00-"), "-01"); !ids[span] {
			t.Errorf("a request is part of %q, which the collector did not get", request.trace)
		}
	}
	for _, got := range c.Authorizations() {
		if got != secret {
			t.Errorf("the collector got the authorization %q", got)
		}
	}
}

// TestTracesThroughAMQP checks that a consumer of enriched events can continue the trace,
// and that a message which was not sampled is not traced.
func TestTracesThroughAMQP(t *testing.T) {
	t.Parallel() // it mostly waits
	v := rig.Broker(t)
	c, endpoint := newCollector(t)
	subscriber(t, v, "amq.fanout", "#")
	d := rig.Daemon(t, "run", "--config", traced(t, sinkConfig(t, v.URL(), "amqp", "publish_to: amq.fanout\n    exchange: amq.topic"), endpoint, "one_in: 1"))
	consuming(t, v)
	messages := recorded(t, 2)
	messages[0].Publishing.Headers["traceparent"] = "00-" + theirs + "-00f067aa0ba902b7-01"
	messages[1].Publishing.Headers["traceparent"] = "00-" + strings.Repeat("ab", 16) + "-00f067aa0ba902b7-00"
	publish(t, v, messages)
	holds(t, v, "subscriber", 2)
	empty(t, v, queue)
	stop(t, d)
	for range messages {
		m := get(t, v, "subscriber")
		parent, _ := m.Headers["traceparent"].(string)
		if want := map[string]string{"1": "00-" + theirs, "2": "00-" + strings.Repeat("ab", 16)}[m.MessageId]; !strings.HasPrefix(parent, want) {
			t.Errorf("message %s is part of %q, want %s", m.MessageId, parent, want)
		}
	}
	for _, s := range c.Spans() {
		// Both may have been sent together, in a separate trace.
		if s.Trace != theirs && s.Name != "send out" {
			t.Errorf("%s of %s was traced", s.Name, s.Trace)
		}
	}
}

// TestCollectorDown checks that events do not wait for a collector that is down, and that
// one log line reports the outage and one its end.
func TestCollectorDown(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 2_000
	v := rig.Broker(t)
	c, endpoint := newCollector(t)
	c.Refuse(http.StatusServiceUnavailable)
	d := rig.Daemon(t, "run", "--config", traced(t, durable(t, v.URL()), endpoint, "one_in: 1"))
	consuming(t, v)
	messages := recorded(t, n)
	publish(t, v, messages[:n/2])
	arrived(t, n/2, d)
	rig.Eventually(t, patience, func() error {
		if c.Requests() < 2 {
			return fmt.Errorf("%d requests", c.Requests())
		}
		return nil
	})
	c.Refuse(http.StatusOK)
	publish(t, v, messages[n/2:])
	arrived(t, n, d)
	d.WaitStderr(t, patience, "sending traces again")
	empty(t, v, queue)
	if s := stop(t, d); s.Done != n {
		t.Errorf("the daemon counted %+v", s)
	}
	if lines := strings.Count(d.Stderr(), "cannot send traces"); lines != 1 {
		t.Errorf("%d lines report that traces cannot be sent, want one:\n%s", lines, d.Stderr())
	}
}
