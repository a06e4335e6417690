package metrics

import "github.com/prometheus/client_golang/prometheus"

// Traces counts what is sent to a collector of traces.
type Traces struct {
	sent, lost prometheus.Counter
}

// NewTraces registers the metrics of traces.
func NewTraces(to prometheus.Registerer) *Traces {
	spans := counters(registerIn(to), "trace_spans_total", "Trace spans by result: sent to the collector, or lost because it did not accept them.", "result", "sent", "lost")
	return &Traces{spans["sent"], spans["lost"]}
}

// Exported notes how a request with so many spans went.
func (t *Traces) Exported(spans int, err error) {
	if err != nil {
		t.lost.Add(float64(spans))
		return
	}
	t.sent.Add(float64(spans))
}
