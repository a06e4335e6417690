package metrics

import "github.com/prometheus/client_golang/prometheus"

// Repairs measures the repair of what messages did not tell one sink.
type Repairs[C ~string] struct {
	gaps               map[C]prometheus.Counter
	found, sent, fails prometheus.Counter
}

// NewRepairs registers the metrics of a sink's repairs. Causes are those of gaps, and
// repeats is how many events the sink did not get a second time.
func NewRepairs[C ~string](to prometheus.Registerer, repeats func() uint64, causes ...C) *Repairs[C] {
	f := registerIn(to)
	f.to.NewCounterFunc(prometheus.CounterOpts{
		Namespace: namespace, Name: "reconcile_repeats_total", Help: "Events not sent because the sink was told the same before, by a message or by a repair.",
	}, func() float64 { return float64(repeats()) })
	return &Repairs[C]{
		gaps:  counters(f, "gaps_total", "Times at which messages may have been missed, by cause.", "cause", causes...),
		found: f.counter("reconcile_facts_total", "Facts that the hub was asked for in repairs, told or not."),
		sent:  f.counter("reconciled_total", "Facts that no message had told, put into the sink's queue by repairs."),
		fails: f.counter("reconcile_failures_total", "Repairs that failed and are tried again."),
	}
}

// Gap notes a time at which messages may have been missed.
func (m *Repairs[C]) Gap(cause C) { m.gaps[cause].Inc() }

// Repaired notes a repair, whole or not.
func (m *Repairs[C]) Repaired(found, sent int, err error) {
	m.found.Add(float64(found))
	m.sent.Add(float64(sent))
	if err != nil {
		m.fails.Inc()
	}
}
