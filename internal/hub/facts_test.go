package hub

import (
	"errors"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/internal/firstcause"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// TestFirstCausesAreMeasured: each question why a task failed counts, by what came of it.
func TestFirstCausesAreMeasured(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Data{Tasks: []hubtest.Task{
		{ID: 1, Method: "build", State: "FAILED", Fault: &hubtest.TaskFault{Code: 1000, String: "GenericError: Package bash not in list for tag f44"}},
		{ID: 2, Method: "build", State: "CLOSED"},
	}}})
	c, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(t.Context()) })
	r := prometheus.NewRegistry()
	f := failureFinder{firstcause.New(c.API, koji.Web{}), metrics.NewFirstCauses(r, firstcause.Kinds()...)}
	for range 2 {
		if found, err := f.Find(t.Context(), 1); err != nil || found.Kind != "policy" {
			t.Fatalf("%+v, %v", found, err)
		}
	}
	if _, err := f.Find(t.Context(), 2); !errors.Is(err, koji.ErrNotFound) {
		t.Errorf("what has not failed: %v", err)
	}
	families, err := r.Gather()
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			got[m.GetLabel()[0].GetValue()] = m.GetCounter().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	for label, want := range map[string]float64{"policy": 2, "other": 0, "found": 2, "failed": 1} {
		if n, there := got[label]; !there || n != want {
			t.Errorf("%s: %v, want %v", label, got[label], want)
		}
	}
}
