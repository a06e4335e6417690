package status

import (
	"strings"
	"testing"
	"time"
)

// TestRate checks that the rate covers only the last minute, and that a reset counter does not
// make it negative.
func TestRate(t *testing.T) {
	begin := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	var m Meter
	if got := m.Rate(); got != 0 {
		t.Errorf("without a count: %g", got)
	}
	count := uint64(0)
	for i := range 100 {
		if count += 50; i > 50 {
			count += 50 // twice as many from here on
		}
		m.Note(begin.Add(time.Duration(i)*5*time.Second), count)
	}
	if got := m.Rate(); got != 20 {
		t.Errorf("got %g a second, want 20", got)
	}
	if len(m.samples) > 14 {
		t.Errorf("%d samples are kept", len(m.samples))
	}
	m.Note(begin.Add(time.Hour), 3)
	if got := m.Rate(); got != 0 {
		t.Errorf("after a new beginning: %g", got)
	}
}

func TestProblems(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	failed := &Error{Text: "503", Remedy: "mend it", At: now.Add(-time.Second)}
	for name, test := range map[string]struct {
		change func(*Status)
		want   string // text and remedy of each; "": all is well
	}{
		"all is well":             {func(*Status) {}, ""},
		"an error that was":       {func(s *Status) { s.Sinks[0].LastError = failed }, ""},
		"it starts":               {func(s *Status) { s.Sinks = nil }, "kojiwatch starts, and consumes nothing yet"},
		"failing":                 {func(s *Status) { s.Sinks[0].State, s.Sinks[0].LastError = Failing, failed }, "503 mend it"},
		"down":                    {func(s *Status) { s.Sinks[0].State, s.Sinks[0].LastError = Down, failed }, "503 mend it"},
		"no session":              {func(s *Status) { s.Sinks[0].State, s.Sinks[0].LastError = Disconnected, failed }, "no session with the broker: 503 mend it"},
		"no session yet":          {func(s *Status) { s.Sinks[0].State = Disconnected }, "no session with the broker: no error so far"},
		"an alarm":                {func(s *Status) { s.Sinks[0].State, s.Sinks[0].Reason = Blocked, "low on memory" }, "the broker takes no messages: low on memory"},
		"refused":                 {func(s *Status) { s.Sinks[0].State, s.Sinks[0].Reason = Refused, "403" }, "the broker refuses the sink: 403 correct"},
		"it hangs":                {func(s *Status) { s.Sinks[0].OldestInFlightAt = now.Add(-11 * time.Minute) }, "has not taken"},
		"it takes its time":       {func(s *Status) { s.Sinks[0].OldestInFlightAt = now.Add(-9 * time.Minute) }, ""},
		"dead letters":            {func(s *Status) { s.Sinks[0].DeadLetters = &Count{Messages: 2} }, "dead letters: 2 kojiwatch dead list --sink ci"},
		"dead letters gone":       {func(s *Status) { s.Sinks[0].Dead, s.Sinks[0].DeadLetters = 2, &Count{} }, ""},
		"dead letters, file":      {func(s *Status) { s.Sinks[0].Dead = 2 }, "dead letters: 2"},
		"the hub fails":           {func(s *Status) { s.Hub.CircuitBreaker = BreakerOpen }, "the hub is failing"},
		"the history is lost":     {func(s *Status) { s.History.Kept = false }, "in memory only"},
		"a bad file":              {func(s *Status) { s.Configuration.Error = "k.yaml:3" }, "not in effect: k.yaml:3"},
		"the state is read":       {func(s *Status) { s.State = &SharedState{Stream: "kojiwatch.state", Connected: true, LastError: failed} }, ""},
		"the state is not read":   {func(s *Status) { s.State = &SharedState{Stream: "kojiwatch.state", LastError: failed} }, "kojiwatch.state: 503 mend it"},
		"neither hub nor history": {func(s *Status) { s.Hub, s.History = nil, nil }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Status{
				At: now, Hub: &Hub{CircuitBreaker: BreakerClosed}, History: &History{Kept: true},
				Sinks: []Sink{{Name: "ci", State: Consuming, Patience: 10 * time.Minute}},
			}
			test.change(s)
			s.Judge()
			var all []string
			for _, p := range s.Problems {
				all = append(all, p.Text+" "+p.Remedy)
			}
			got := strings.Join(all, "; ")
			if test.want == "" && got != "" || !strings.Contains(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if s.Problems == nil {
				t.Error("problems would be null")
			}
		})
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		`{"format": "kojiwatch.status/v1", "new": {}}`: "", `{"format": "kojiwatch.status/v2"}`: "it has the format", `{}`: "it has the format", `[`: "read the status",
	} {
		if _, err := Parse([]byte(text)); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}

func TestAgo(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	for then, want := range map[time.Time]string{
		{}: "–", now: "0 s", now.Add(time.Second): "0 s", now.Add(-59 * time.Second): "59 s", now.Add(-time.Hour): "1 h",
		now.Add(-61 * time.Second): "1 min", now.Add(-47 * time.Hour): "47 h", now.Add(-48 * time.Hour): "2 days",
	} {
		if got := Ago(now, then); got != want {
			t.Errorf("%s: got %s, want %s", then, got, want)
		}
	}
}
