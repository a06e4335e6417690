package metrics

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/namecache"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// want compares some metrics of a registry, in the text form without comments.
func want(t *testing.T, r prometheus.Gatherer, lines ...string) {
	t.Helper()
	got := map[string]bool{}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			var labels []string
			for _, l := range m.GetLabel() {
				labels = append(labels, fmt.Sprintf("%s=%q", l.GetName(), l.GetValue()))
			}
			value := m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
			got[fmt.Sprintf("%s{%s} %g", f.GetName(), strings.Join(labels, ","), value)] = true
		}
	}
	for _, line := range lines {
		if !got[line] {
			t.Errorf("no %s in\n%v", line, got)
		}
	}
}

func TestConsumer(t *testing.T) {
	r := prometheus.NewRegistry()
	stats := consumer.Stats{
		Connected: true, Epoch: 3, LastDelivery: time.Unix(1000, 5e8), InFlight: 7, Deliveries: 20,
		Backlog: consumer.Depth{Messages: 12, At: time.Unix(1001, 0)},
		Done:    10, Dead: 2, Again: 1, Failures: map[broker.Cause]uint64{broker.CauseLogin: 4},
	}
	sink := ForSink(r, "out")
	sink.MustRegister(Consumer(func() consumer.Stats { return stats }))
	want(t, r,
		`kojiwatch_deliveries_total{sink="out"} 20`, `kojiwatch_session_up{sink="out"} 1`,
		`kojiwatch_last_delivery_timestamp_seconds{sink="out"} 1000.5`,
		`kojiwatch_settlements_total{sink="out",verdict="dead"} 2`,
		`kojiwatch_session_failures_total{cause="login",sink="out"} 4`,
		`kojiwatch_session_failures_total{cause="tls",sink="out"} 0`,
		`kojiwatch_queue_backlog_messages{sink="out"} 12`,
		`kojiwatch_dead_letter_queue_messages{sink="out"} NaN`,
		`kojiwatch_oldest_in_flight_seconds{sink="out"} 0`)
	stats.OldestInFlight = time.Now().Add(-time.Hour)
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if v := f.GetMetric()[0].GetGauge().GetValue(); f.GetName() == "kojiwatch_oldest_in_flight_seconds" && (v < 3600 || v > 3700) {
			t.Errorf("the oldest is %g s old, want an hour", v)
		}
	}
	sink.Close()
	if n, err := testutil.GatherAndCount(r); n != 0 || err != nil {
		t.Errorf("%d series, %v after the sink has gone", n, err)
	}
	ForSink(r, "out").MustRegister(Consumer(func() consumer.Stats { return stats })) // it may come back
}

func TestEvents(t *testing.T) {
	r := prometheus.NewRegistry()
	m := NewEvents(ForSink(r, "out"))
	m.Parsed(event.Tag)
	m.Parsed("Nonsense") // no type: not counted, and no label
	m.Unparseable()
	now := time.Now()
	m.Sent(now, []*event.Event{{ReceivedAt: now}, {}}, nil)
	m.Sent(now, []*event.Event{{ReceivedAt: now}}, errors.New("down"))
	want(t, r,
		`kojiwatch_events_total{sink="out",type="Tag"} 1`, `kojiwatch_events_total{sink="out",type="Untag"} 0`,
		`kojiwatch_parse_failures_total{sink="out"} 1`,
		`kojiwatch_sink_send_duration_seconds{sink="out"} 2`, `kojiwatch_event_lag_seconds{sink="out"} 1`,
		`kojiwatch_sink_sends_total{result="done",sink="out"} 1`, `kojiwatch_sink_sends_total{result="again",sink="out"} 1`,
		`kojiwatch_sink_sends_total{result="refused",sink="out"} 0`)
}

func TestResultOfSend(t *testing.T) {
	refused, down := sinks.Refuse("refused", errors.New("no")), errors.New("down")
	each := func(errs ...error) error { return &sinks.BatchError{Errs: errs} }
	for name, tt := range map[string]struct {
		err  error
		want result
	}{
		"done":            {nil, "done"},
		"for good":        {refused, "refused"},
		"for now":         {down, "again"},
		"broken off":      {fmt.Errorf("post: %w", context.Canceled), "given_up"},
		"all of them":     {each(refused, refused), "refused"},
		"some of them":    {each(nil, refused), "mixed"},
		"each in its way": {each(down, refused), "mixed"},
		"none of them":    {each(nil, nil), "done"},
		"a batch of none": {each(), "again"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := resultOfSend(tt.err); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestRequests(t *testing.T) {
	r := prometheus.NewRegistry()
	m := NewRequests(ForSink(r, "out"))
	for _, code := range []int{200, 204, 250, 404, 503, 0, 999} {
		m.Observe(code, 3, time.Millisecond)
	}
	m.Observe(200, 1, time.Millisecond)
	want(t, r,
		`kojiwatch_sink_request_duration_seconds{class="2xx",sink="out"} 4`, `kojiwatch_sink_request_duration_seconds{class="4xx",sink="out"} 1`,
		`kojiwatch_sink_request_duration_seconds{class="5xx",sink="out"} 1`, `kojiwatch_sink_request_duration_seconds{class="none",sink="out"} 2`,
		`kojiwatch_sink_request_duration_seconds{class="3xx",sink="out"} 0`,
		`kojiwatch_sink_digests_total{sink="out"} 3`, `kojiwatch_sink_digested_events_total{sink="out"} 9`)
}

func TestHub(t *testing.T) {
	r := prometheus.NewRegistry()
	r.MustRegister(Hub(func() kojirpc.Stats { return kojirpc.Stats{Calls: 9, Down: true} }))
	m := NewHubRequests(r)
	for _, err := range []error{
		nil, &kojirpc.Fault{Code: kojirpc.CodeGenericError}, fmt.Errorf("x: %w", &kojirpc.HTTPError{Status: 503}),
		&kojirpc.NetworkError{Err: context.DeadlineExceeded}, context.DeadlineExceeded, errors.New("no XML"),
	} {
		m.Observe(time.Second, err)
	}
	want(t, r, `kojiwatch_hub_calls_total{} 9`, `kojiwatch_hub_down{} 1`)
	for _, result := range []string{"ok", "fault", "http", "network", "given_up", "garbled"} {
		want(t, r, `kojiwatch_hub_request_duration_seconds{result="`+result+`"} 1`)
	}
}

func TestFirstCauses(t *testing.T) {
	r := prometheus.NewRegistry()
	m := NewFirstCauses(r, "compile", "disk")
	m.Observe("compile", time.Second, nil)
	m.Observe("compile", time.Second, nil)
	m.Observe("of tomorrow", time.Second, nil) // no kind: no label
	m.Observe("", time.Second, errors.New("no network"))
	m.Observe("", time.Second, fmt.Errorf("hub: %w", context.DeadlineExceeded))
	want(t, r,
		`kojiwatch_first_causes_total{kind="compile"} 2`, `kojiwatch_first_causes_total{kind="disk"} 0`,
		`kojiwatch_first_cause_duration_seconds{result="found"} 3`, `kojiwatch_first_cause_duration_seconds{result="failed"} 1`,
		`kojiwatch_first_cause_duration_seconds{result="given_up"} 1`)
}

func TestNames(t *testing.T) {
	r := prometheus.NewRegistry()
	stats := namecache.Stats{Size: 5}
	stats.Results[namecache.Tag][namecache.Stale] = 3
	r.MustRegister(Names(func() namecache.Stats { return stats }))
	want(t, r, `kojiwatch_names{} 5`, `kojiwatch_name_results_total{kind="tag",result="stale"} 3`)
}

func TestEstimates(t *testing.T) {
	r := prometheus.NewRegistry()
	scores := new(score.Card)
	r.MustRegister(Estimates(func() *score.Card { return scores }))
	k := score.Key{Method: "build", Basis: "history", Moment: score.Open}
	for _, likely := range []time.Duration{80, 100, 300} {
		scores.Add(k, score.Estimate{Likely: likely * time.Second, Low: 50 * time.Second, High: likely * time.Second}, 100*time.Second)
	}
	want(t, r,
		`kojiwatch_estimate_error_ratio{basis="history",method="build",moment="open"} 3`,
		`kojiwatch_estimate_intervals_total{basis="history",method="build",moment="open",truth="inside"} 2`,
		`kojiwatch_estimate_intervals_total{basis="history",method="build",moment="open",truth="above"} 1`,
		`kojiwatch_estimate_intervals_total{basis="history",method="build",moment="open",truth="below"} 0`)
}
