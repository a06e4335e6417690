package enrich

import (
	"strconv"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// worthTelling is the shortest time that a sentence mentions, since events arrive some seconds
// late anyway.
const worthTelling = time.Minute

// estimate adds when the task or build will be done or, at its end, by how much the estimate
// was wrong. Times are in the time zone of place, with the name of the zone.
func (s *sentence) estimate(e *event.Event, place *time.Location) {
	if e.Estimate == nil {
		return
	}
	switch e.New {
	case "FREE", "ASSIGNED", "OPEN", "BUILDING":
		s.prospect(e.Estimate, e.New, e.ReceivedAt.In(place))
	case "CLOSED", "COMPLETE":
		s.surprise(e)
	}
}

// prospect adds when something will start and be done.
func (s *sentence) prospect(x *event.Estimate, state string, now time.Time) {
	if state == "FREE" && x.Ahead > 0 {
		s.add(" (", strconv.Itoa(x.Ahead), " ahead)")
	}
	zone := false
	if state == "FREE" && x.StartsAt.Sub(now) >= worthTelling {
		s.add(", starts about ").clock(x.StartsAt, now)
		zone = true
	}
	if x.Overdue {
		s.add(", takes longer than usual")
	}
	low, high := x.CompletionLow.Sub(now), x.CompletionHigh.Sub(now)
	switch {
	case x.CompletionAt.IsZero() || high < worthTelling:
	case low < high/2 && high-low >= time.Hour:
		s.add(", done in ").between(max(low, 0), high)
	default:
		s.add(", done about ").clock(x.CompletionAt, now)
		if high-low >= worthTelling {
			s.add(" (").clock(x.CompletionLow, now).add("–").clock(x.CompletionHigh, now).add(")")
		}
		zone = true
	}
	if zone {
		name, _ := now.Zone()
		s.add(" ", name)
	}
}

// surprise adds by how much the duration differs from the estimate, if it is outside of the
// interval.
func (s *sentence) surprise(e *event.Event) {
	ended, took := outcome(e)
	if ended.IsZero() || !took.Known {
		return
	}
	x := e.Estimate
	late := ended.Sub(x.CompletionAt)
	early := x.Duration.Value - took.Value
	switch {
	case ended.After(x.CompletionHigh) && !x.CompletionHigh.IsZero() && late >= worthTelling:
		s.add(", done ").rounded(late).add(" late")
	case x.Low.Known && took.Value < x.Low.Value && early >= worthTelling:
		s.add(", ").rounded(early).add(" earlier than usual")
	}
}

// outcome returns when the task or build of an event ended, and how long it took.
func outcome(e *event.Event) (ended time.Time, took koji.Opt[time.Duration]) {
	switch {
	case e.Type == event.TaskStateChange && e.Task != nil:
		return e.Task.Ended, e.Task.Duration()
	case e.Type == event.BuildStateChange && e.Build != nil:
		return e.Build.Ended, e.Build.Duration()
	}
	return time.Time{}, koji.Opt[time.Duration]{}
}

// clock adds a time of day in now's time zone, with the date if it is not today.
func (s *sentence) clock(t, now time.Time) *sentence {
	t = t.In(now.Location())
	layout := "15:04"
	switch days := t.Sub(now).Abs() / (24 * time.Hour); {
	case t.YearDay() == now.YearDay() && t.Year() == now.Year():
	case days < 6:
		layout = "Mon 15:04"
	default:
		layout = "2 Jan 15:04"
	}
	var room [32]byte
	s.text.Write(t.AppendFormat(room[:0], layout))
	return s
}

// rounded adds a duration of at least a minute, rounded to minutes.
func (s *sentence) rounded(d time.Duration) *sentence {
	s.lasts(d.Round(time.Minute))
	return s
}

// between adds a wide interval in its largest unit: "1 to 3 hours".
func (s *sentence) between(low, high time.Duration) *sentence {
	unit, word := time.Minute, "minutes"
	switch {
	case high >= 48*time.Hour:
		unit, word = 24*time.Hour, "days"
	case high >= 2*time.Hour:
		unit, word = time.Hour, "hours"
	}
	from, to := int64(low/unit), int64((high+unit-1)/unit)
	if from == 0 {
		return s.add("up to ", number(to), " ", word)
	}
	return s.add(number(from), " to ", number(to), " ", word)
}
