package daemon

import (
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	dto "github.com/prometheus/client_model/go"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/buildsystem"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sentinel"
	"github.com/kojiwatch/kojiwatch/koji"
)

// everySink has all that registers metrics.
const everySink = `
broker: {url: amqp://localhost}
hub: {server: "https://koji.example.com/kojihub"}
cache: {disk: false}
reconcile: {every: 1h}
sinks:
  - {name: out, type: stdout}
  - {name: journal, type: log}
  - {name: ci, type: webhook, url: "https://ci.example.com/"}
`

// gather returns the metrics of a daemon that has not begun to work.
func gather(t *testing.T) []*dto.MetricFamily {
	t.Helper()
	dir := t.TempDir()
	c, err := config.Parse("/k.yaml", []byte(everySink), func(string) (string, bool) { return dir, true })
	if err != nil {
		t.Fatal(err)
	}
	registry := metrics.NewRegistry("test")
	hub, err := hub.Open(t.Context(), c, nil, zerolog.Nop(), registry)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := hub.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
	metrics.NewReloads(registry)
	metrics.NewTraces(registry)
	scores := new(score.Card)
	scores.Add(score.Key{Method: "build", Basis: "history", Moment: score.Open}, score.Estimate{}, 0)
	registry.MustRegister(metrics.Estimates(func() *score.Card { return scores }), metrics.History(func() bool { return true }),
		metrics.Board(func() int { return 0 }, func() uint64 { return 0 }), metrics.BuildSystem(busy(t).Stats),
		metrics.State(func() metrics.StateStats { return metrics.StateStats{} }),
		metrics.Alerts(func() map[sentinel.Kind]int { return map[sentinel.Kind]int{sentinel.HostSilent: 1} }))
	common := &shared{
		streams: cliutil.Streams{Out: io.Discard, Err: io.Discard}, logs: cliutil.Log{Logger: zerolog.Nop(), Writer: io.Discard},
		registry: registry, hub: hub, limit: pipeline.NewEventLimit(0, func() {}),
	}
	for i := range c.Sinks {
		p, err := newSinkPipeline(c, &c.Sinks[i], common)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = p.close() })
	}
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(families, func(f *dto.MetricFamily) bool { return !strings.HasPrefix(f.GetName(), "kojiwatch_") })
}

// busy returns a build system of which every metric has a series.
func busy(t *testing.T) *buildsystem.System {
	t.Helper()
	s := buildsystem.New(buildsystem.Options{})
	begun := time.Now().Add(-time.Hour)
	s.Observe(&event.Event{Type: event.TaskStateChange, Task: &koji.Task{ID: 1, Method: "build", State: koji.TaskFree, Created: begun}, Estimate: &event.Estimate{StartsAt: begun}})
	s.Observe(&event.Event{Type: event.TaskStateChange, Task: &koji.Task{ID: 2, Method: "build", State: koji.TaskClosed, Created: begun, Started: begun, Ended: begun}})
	s.Observe(&event.Event{Type: event.TaskStateChange, Task: &koji.Task{ID: 3, Method: "build", State: koji.TaskFailed}, Failure: &event.Failure{Kind: "compile"}})
	s.Observe(&event.Event{Type: event.BuildStateChange, Build: &koji.Build{ID: 4, State: koji.BuildComplete}})
	return s
}

func TestMetricsFollowTheRules(t *testing.T) {
	problems, err := promlint.NewWithMetricFamilies(gather(t)).Lint()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("%s: %s", p.Metric, p.Text)
	}
}

// TestMetricsAreDocumented holds docs/metrics.md to what there is. A row that is
// missing is shown as it must be.
func TestMetricsAreDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/metrics.md")
	if err != nil {
		t.Fatal(err)
	}
	documented := map[string]bool{}
	for line := range strings.Lines(string(page)) {
		if strings.HasPrefix(line, "| `kojiwatch_") {
			documented[strings.TrimSuffix(line, "\n")] = true
		}
	}
	for _, f := range gather(t) {
		row := row(f)
		if !documented[row] {
			t.Errorf("docs/metrics.md lacks\n%s", row)
		}
		delete(documented, row)
	}
	for row := range documented {
		t.Errorf("docs/metrics.md has what there is not:\n%s", row)
	}
}

// row returns a metric's row as the page has it.
func row(f *dto.MetricFamily) string {
	labels := map[string]bool{}
	for _, m := range f.GetMetric() {
		for _, l := range m.GetLabel() {
			labels["`"+l.GetName()+"`"] = true
		}
	}
	return fmt.Sprintf("| `%s` | %s | %s | %s |", f.GetName(), strings.ToLower(f.GetType().String()),
		strings.Join(slices.Sorted(maps.Keys(labels)), ", "), f.GetHelp())
}

// TestSeriesAreBounded has what one more sink costs stay small, whatever goes
// through it: each label has a fixed list of values.
func TestSeriesAreBounded(t *testing.T) {
	series := 0
	for _, f := range gather(t) {
		series += len(f.GetMetric())
	}
	if series > 400 {
		t.Errorf("%d series with three sinks; is there a label without bounds?", series)
	}
}
