package hubaverage_test

import (
	"context"
	"fmt"
	"maps"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/kojiwatch/kojiwatch/estimates/hubaverage"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var now = time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

// data has packages with and without averages. The builds of the container took 10
// minutes and more, the newest first; one of them has no start, an old one took
// hours.
func data() hubtest.Data {
	d := hubtest.Data{
		Packages: []hubtest.Package{{Name: "new"}, {Name: "empty-container"}},
		Averages: map[string]float64{"bash": 600.5, "negative": -30, "odd": 1e30},
	}
	for _, name := range []string{"bash", "negative", "odd"} {
		d.Packages = append(d.Packages, hubtest.Package{Name: name})
	}
	for i := range 7 {
		end := now.Add(-time.Duration(i+1) * time.Hour)
		b := hubtest.Build{
			Package: "web-container", Version: "1", Release: fmt.Sprint(i), State: "COMPLETE",
			Created: end.Add(-12 * time.Minute), Started: end.Add(-10 * time.Minute), Completed: end,
		}
		switch i {
		case 1:
			b.Started = time.Time{} // as on old hubs: its creation counts
			b.Created = end.Add(-15 * time.Minute)
		case 6:
			b.Started = end.Add(-5 * time.Hour)
		}
		d.Builds = append(d.Builds, b)
	}
	return d
}

func open(t *testing.T, o hubtest.Options) (*hubtest.Server, *kojirpc.Client) {
	t.Helper()
	o.Data = data()
	hub := hubtest.Start(t, o)
	c, err := kojirpc.New(kojirpc.Options{Server: hub.URL})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close(context.Background()) })
	return hub, c
}

// TestMixed asks for packages of all kinds in one go.
func TestMixed(t *testing.T) {
	hub, c := open(t, hubtest.Options{})
	a := hubaverage.New(c, hubaverage.Options{})
	got, err := a.AverageBuildDurations(t.Context(),
		"bash", "web-container", "new", "negative", "odd", "unknown", "empty-container", "unknown-container", "bash", "")
	want := map[string]time.Duration{"bash": 600500 * time.Millisecond, "web-container": 11 * time.Minute}
	if err != nil || !maps.Equal(got, want) {
		t.Fatalf("%v, %v, want %v", got, err, want)
	}
	if s := hub.Stats(); s.Requests != 3 {
		t.Errorf("%d requests, want 3: %v", s.Requests, s.Calls)
	}
	again, err := a.AverageBuildDurations(t.Context(), "bash", "unknown", "web-container", "unknown-container", "negative")
	if err != nil || !maps.Equal(again, want) {
		t.Errorf("from memory: %v, %v", again, err)
	}
	if s := hub.Stats(); s.Requests != 3 {
		t.Errorf("what is known was asked again: %v", s.Calls)
	}
}

// TestMany sends a request per hundred.
func TestMany(t *testing.T) {
	hub, c := open(t, hubtest.Options{})
	var names []string
	for i := range 950 {
		names = append(names, fmt.Sprint("p", i))
	}
	if got, err := hubaverage.New(c, hubaverage.Options{}).AverageBuildDurations(t.Context(), append(names, "bash")...); err != nil || len(got) != 1 {
		t.Fatalf("%v, %v", got, err)
	}
	if s := hub.Stats(); s.Requests != 10 {
		t.Errorf("%d requests for 951 packages", s.Requests)
	}
}

// TestAge goes without an age where the hub knows none, and only tries once.
func TestAge(t *testing.T) {
	hub, c := open(t, hubtest.Options{NoAverageAge: true})
	a := hubaverage.New(c, hubaverage.Options{Months: 6})
	for _, name := range []string{"bash", "negative", "new"} {
		d, err := a.AverageBuildDuration(t.Context(), name)
		if err != nil || d.Known != (name == "bash") {
			t.Errorf("%s: %+v, %v", name, d, err)
		}
	}
	if n := hub.Stats().Calls["getAverageBuildDuration"]; n != 4 {
		t.Errorf("%d calls, want 4", n)
	}
	hub, c = open(t, hubtest.Options{})
	if d, err := hubaverage.New(c, hubaverage.Options{Months: 6}).AverageBuildDuration(t.Context(), "bash"); err != nil || !d.Known {
		t.Errorf("with an age: %+v, %v", d, err)
	}
	if n := hub.Stats().Calls["getAverageBuildDuration"]; n != 1 {
		t.Errorf("%d calls, want 1", n)
	}
}

// TestTTL asks again when an answer is old.
func TestTTL(t *testing.T) {
	hub, c := open(t, hubtest.Options{})
	at := now
	a := hubaverage.New(c, hubaverage.Options{TTL: time.Hour, Now: func() time.Time { return at }})
	for _, later := range []time.Duration{0, 59 * time.Minute, time.Minute} {
		at = at.Add(later)
		if d, err := a.AverageBuildDuration(t.Context(), "bash"); err != nil || !d.Known {
			t.Fatalf("%+v, %v", d, err)
		}
	}
	if n := hub.Stats().Calls["getAverageBuildDuration"]; n != 2 {
		t.Errorf("%d calls, want 2", n)
	}
}

// TestFault tells of a hub that fails, and does not take it for an answer.
func TestFault(t *testing.T) {
	hub, c := open(t, hubtest.Options{})
	a := hubaverage.New(c, hubaverage.Options{})
	hub.LockOut(true)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if got, err := a.AverageBuildDurations(ctx, "bash", "web-container"); err == nil || len(got) != 0 {
		t.Fatalf("%v, %v", got, err)
	}
	hub.LockOut(false)
	if got, err := a.AverageBuildDurations(t.Context(), "bash", "web-container"); err != nil || len(got) != 2 {
		t.Errorf("%v, %v", got, err)
	}
}
