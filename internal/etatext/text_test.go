package etatext

import (
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestTerminal: a bar is drawn, and each forecast replaces the last.
func TestTerminal(t *testing.T) {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	n := &forecast.Node{Task: koji.Task{ID: 1, Method: "tagBuild", State: koji.TaskOpen, Started: now.Add(-30 * time.Second)}}
	f := forecast.Forecaster{Past: &forecast.LastRuns{}, Now: now}
	f.Forecast(n, nil)
	n.Estimate.Log = forecast.Log{Size: 61_400, Share: 0.62, SilentFor: 7 * time.Minute}
	a := &live.Answer{Now: now, Node: n, Estimate: n.Estimate}
	var b strings.Builder
	s := &Screen{Out: &b, Terminal: true, Width: 40}
	for range 2 {
		if err := s.Print(a); err != nil {
			t.Fatal(err)
		}
	}
	want := `task 1, tagBuild
  OPEN since 11:59:30, for 30 sec
  done about 12:00:31, in 31 sec
      (between 12:00:09 and 12:01:08)
  its log has 62 kB, 62 % of the
      expected size, and has not grown
      for 7 min
  from what such tasks usually take
  [##############----------------] 49 %
`
	if got := b.String(); got != want+"\x1b[9A\x1b[J"+want {
		t.Errorf("got\n%q", got)
	}
}
