package campaign

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
)

// due returns the steps that are due, and tells them.
func (s *story) due() []string {
	notices := s.Due()
	s.Told(notices)
	var steps []string
	for i := range notices {
		step := string(notices[i].Campaign.Step)
		if kind := notices[i].Campaign.Kind; kind != "" {
			step += " " + kind
		}
		steps = append(steps, step)
	}
	return steps
}

func (s *story) want(t *testing.T, when string, steps ...string) {
	t.Helper()
	if got := s.due(); !slices.Equal(got, steps) {
		t.Errorf("%s: got %q, want %q", when, got, steps)
	}
	if again := s.due(); len(again) > 0 {
		t.Errorf("%s: told again: %q", when, again)
	}
}

// build tells of a build from its start to its end.
func (s *story) build(id int64, pkg string, failure string) {
	s.task(id, pkg, none, open)
	if failure == "" {
		s.task(id, pkg, open, closed)
		return
	}
	e := s.task(id, pkg, open, failed)
	e.Failure = &event.Failure{Kind: failure}
	s.Observe(e)
}

func TestSteps(t *testing.T) {
	s := newStory(t, Definition{Packages: []string{"a", "b", "c", "d", "e", "f", "g", "h"}})
	s.want(t, "at the start", "started")
	s.build(1, "a", "")
	s.want(t, "one of eight")
	s.build(2, "b", "compile")
	s.want(t, "two of eight", "failure compile", "25")
	s.build(3, "c", "compile")
	s.want(t, "the same kind again")
	s.build(4, "d", "")
	s.build(5, "e", "")
	s.build(6, "f", "")
	s.want(t, "a step was skipped", "75")
	s.build(7, "g", "")
	s.build(8, "h", "disk")
	s.want(t, "at the end", "failure disk", "done")
	s.build(9, "h", "")
	if err := s.Stop("mass-rebuild"); err != nil {
		t.Fatal(err)
	}
	s.want(t, "after the end")
}

func TestStopped(t *testing.T) {
	s := newStory(t, Definition{Targets: []string{"f44-*"}})
	s.build(1, "a", "")
	s.want(t, "without a list there are no percentages", "started")
	if err := s.Stop("mass-rebuild"); err != nil {
		t.Fatal(err)
	}
	s.want(t, "when it was stopped", "stopped")
}

// TestUnexplainedFailures: a kind of failure counts as unknown only if nothing explains it
// for a while.
func TestUnexplainedFailures(t *testing.T) {
	s := newStory(t, Definition{Packages: []string{"a", "b"}})
	s.want(t, "at the start", "started")
	s.task(1, "a", none, open)
	e := s.task(1, "a", open, failed)
	s.want(t, "at once", "50")
	e.Failure = &event.Failure{Kind: "compile"}
	s.Observe(e)
	s.want(t, "when it is explained", "failure compile")
	s.task(2, "b", none, open)
	s.task(2, "b", open, failed)
	s.now = s.now.Add(explainWithin)
	s.want(t, "nobody explains it", "failure unknown", "done")
}

// TestStepsSurviveRestarts: what was told is not told again, and what was not has the same
// id.
func TestStepsSurviveRestarts(t *testing.T) {
	s := newStory(t, Definition{Packages: []string{"a", "b"}, Since: noon.Add(-time.Hour)})
	s.want(t, "at the start", "started")
	s.build(1, "a", "")
	before := s.Due()
	var kept bytes.Buffer
	if err := s.Write(&kept); err != nil {
		t.Fatal(err)
	}
	next := NewSet(Options{Now: func() time.Time { return s.now.Add(time.Hour) }})
	if err := next.Read(&kept); err != nil {
		t.Fatal(err)
	}
	after := next.Due()
	if len(before) != 1 || len(after) != 1 || before[0].ID != after[0].ID {
		t.Fatalf("before %+v, then %+v", before, after)
	}
	if want := "kojiwatch campaign mass-rebuild 2026-11-30T11:00:00Z 50"; after[0].ID != want {
		t.Errorf("got id %q, want %q", after[0].ID, want)
	}
}

// TestDigest: there is one a day, from the hour on, while the campaign is under way.
func TestDigest(t *testing.T) {
	s := newStory(t, Definition{Packages: []string{"a", "b", "c", "d", "e"}, Digest: "08:00"})
	s.want(t, "on the first day", "started")
	s.now = time.Date(2026, 12, 1, 7, 59, 0, 0, time.UTC)
	s.want(t, "before the hour")
	s.now = s.now.Add(time.Minute)
	s.want(t, "at the hour", "digest")
	s.now = s.now.Add(12 * time.Hour)
	s.want(t, "later that day")
	s.now = time.Date(2026, 12, 3, 9, 0, 0, 0, time.UTC)
	s.want(t, "a day was missed", "digest")
	if n := len(s.campaigns[0].told); n != 2 {
		t.Errorf("%d steps are remembered", n)
	}
	if err := s.Stop("mass-rebuild"); err != nil {
		t.Fatal(err)
	}
	s.want(t, "when it was stopped", "stopped")
	s.now = s.now.Add(24 * time.Hour)
	s.want(t, "after that")
}

// TestStepsSayHowFar: a notice has what the report has.
func TestStepsSayHowFar(t *testing.T) {
	s := newStory(t, Definition{Packages: []string{"a", "b", "c", "d"}})
	s.build(1, "a", "")
	s.build(2, "b", "compile")
	s.due()
	s.build(3, "c", "compile")
	notices := s.Due()
	if len(notices) != 1 {
		t.Fatalf("got %+v", notices)
	}
	c := notices[0].Campaign
	if c.Step != event.StepThreeQuarter || c.Total.Value != 4 || c.Percent.Value != 75 || c.Done.Value != 1 || c.Failed.Value != 2 || c.ToDo.Value != 1 {
		t.Errorf("got %+v", c)
	}
	if len(c.Causes) != 1 || c.Causes[0].Kind != "compile" || c.Causes[0].Count != 2 || !slices.Equal(c.Causes[0].Packages, []string{"b", "c"}) {
		t.Errorf("got %+v", c.Causes)
	}
}
