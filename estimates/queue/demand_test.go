package queue

import (
	"testing"
	"time"
)

// monday is a Monday at midnight.
var monday = time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)

// usedBy returns the demand seen after a week in which every hour's tasks kept so many places,
// by what was demanded at an hour of a weekday.
func usedBy(days int, places func(hour int) int) (*observedTime, *usage, time.Time) {
	var w observedTime
	d := demand{}
	at := monday
	for range days * 24 {
		end := at.Add(time.Hour)
		for range places(at.Hour()) {
			d.note(20, 1, at, end)
		}
		for m := range 60 {
			w.see(at.Add(time.Duration(m) * time.Minute))
		}
		at = end
	}
	w.see(at)
	return &w, d[20], at
}

func daytime(hour int) int {
	if hour >= 8 && hour < 20 {
		return 6
	}
	return 0
}

// TestBusy: what is demanded is known by the hour of the day, after a day roughly and
// after some days well.
func TestBusy(t *testing.T) {
	for _, c := range []struct {
		name           string
		days           int
		noon, midnight [2]float64
	}{
		{"after a day", 1, [2]float64{3.5, 4.5}, [2]float64{1.5, 2.5}},
		{"after four days", 4, [2]float64{4.5, 5.5}, [2]float64{0.5, 1.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w, u, at := usedBy(c.days, daytime)
			for slot, want := range map[int][2]float64{12: c.noon, 0: c.midnight} {
				if got := w.busy(u, slot, at); got < want[0] || got > want[1] {
					t.Errorf("at %d it is %.2f places, want %v", slot, got, want)
				}
			}
		})
	}
}

func TestBusyOfTooLittle(t *testing.T) {
	var w observedTime
	w.see(monday)
	w.see(monday.Add(30 * time.Minute))
	d := demand{}
	d.note(20, 1, monday, monday.Add(20*time.Minute))
	if got := w.busy(d[20], 0, monday.Add(30*time.Minute)); got != 0 {
		t.Errorf("half an hour tells of %.2f places", got)
	}
}

// TestDemandBounds: times that can't be, and any number of priorities, do no harm.
func TestDemandBounds(t *testing.T) {
	d := demand{}
	for _, times := range [][2]time.Time{
		{{}, monday}, {monday, monday}, {monday, monday.Add(-time.Hour)}, {monday, monday.AddDate(10, 0, 0)},
	} {
		d.note(20, 1, times[0], times[1])
	}
	if len(d) != 0 {
		t.Errorf("it has learnt %v", d)
	}
	for p := range int64(1000) {
		d.note(p, 1, monday, monday.Add(time.Hour))
	}
	if len(d) > maxPriorities {
		t.Errorf("%d priorities", len(d))
	}
}

// TestWatchAway: time in which nothing came is not time in which nothing was demanded.
func TestWatchAway(t *testing.T) {
	var w observedTime
	w.see(monday)
	w.see(monday.Add(time.Minute))
	w.see(monday.Add(48 * time.Hour))
	w.see(monday.Add(48*time.Hour - time.Second)) // late
	if got := w.all.at(w.newest); got < 50 || got > 60 {
		t.Errorf("it has watched for %.0f s", got)
	}
}

// byDay takes three quarters of the places from eight to twenty.
func byDay() *overtaking {
	t := &overtaking{ramp: float64(10 * time.Minute)}
	for hour := range 24 {
		if daytime(hour) > 0 {
			t.shares[hour] = 0.75
		}
	}
	return t
}

func TestStretch(t *testing.T) {
	for _, c := range []struct {
		name        string
		taken       *overtaking
		from        int // o'clock
		wait        time.Duration
		least, most time.Duration
	}{
		{"nothing is taken", nil, 12, time.Hour, time.Hour, time.Hour},
		{"at night nothing is", byDay(), 0, time.Hour, time.Hour, time.Hour},
		{"by day three quarters are", byDay(), 9, time.Hour, 3 * time.Hour, 4 * time.Hour},
		{"what runs now still has its places", byDay(), 9, time.Minute, time.Minute, 2 * time.Minute},
		{"until the night", byDay(), 14, 5 * time.Hour, 9 * time.Hour, 10 * time.Hour},
		{"until the morning and on", byDay(), 22, 11 * time.Hour, 13 * time.Hour, 15 * time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := c.taken.stretch(c.wait, monday.Add(time.Duration(c.from)*time.Hour))
			if got < c.least || got > c.most {
				t.Errorf("%s becomes %s, want %s to %s", c.wait, got, c.least, c.most)
			}
		})
	}
}

// TestStretchLaws: a longer wait never becomes a shorter one, none becomes shorter than it
// was, and there is an end.
func TestStretchLaws(t *testing.T) {
	full := &overtaking{ramp: 1}
	for slot := range full.shares {
		full.shares[slot] = mostTaken
	}
	for _, tk := range []*overtaking{byDay(), full} {
		var last time.Duration
		for wait := time.Duration(0); wait < 60*24*time.Hour; wait = wait*9/8 + time.Second {
			got := tk.stretch(wait, monday.Add(13*time.Hour))
			if got < wait || got < last || got > wait+longest {
				t.Fatalf("%s becomes %s, and less than that %s", wait, got, last)
			}
			last = got
		}
	}
}

// TestHolds: tasks that keep their places for twice as long as was said teach it, and
// the first of them do not rule.
func TestHolds(t *testing.T) {
	h := holds{}
	if got := h.factor("buildArch", monday); got != 1 {
		t.Errorf("before any it is %.2f", got)
	}
	h.note("buildArch", time.Hour, 2*time.Hour, monday)
	if got := h.factor("buildArch", monday); got < 1 || got > 1.2 {
		t.Errorf("after one it is %.2f", got)
	}
	for range 500 {
		h.note("buildArch", time.Hour, 2*time.Hour, monday)
	}
	if got := h.factor("buildArch", monday); got < 1.9 || got > 2 {
		t.Errorf("after many it is %.2f", got)
	}
	for i := range 2 * maxMethods {
		h.note(string(rune('a'+i)), time.Hour, time.Hour, monday)
	}
	if len(h) > maxMethods {
		t.Errorf("%d methods", len(h))
	}
}
