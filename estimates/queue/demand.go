package queue

import (
	"math"
	"time"
)

// demand is how much of a bin's places work keeps, by priority: what comes later and
// goes first takes places from what waits now. It is told by what has ended, for that
// shows what was canceled, failed or took longer than anybody thought.
type demand map[int64]*use

// use is the work of one priority, by the hour of the day.
type use struct {
	hours [slots]worn // seconds of places
	work  worn        // of all hours
	tasks worn
}

// slots are the hours of a weekday and of a day of the weekend, in UTC: build systems
// have their days and nights.
const slots = 48

func slotOf(t time.Time) int {
	t = t.UTC()
	if d := t.Weekday(); d == time.Saturday || d == time.Sunday {
		return 24 + t.Hour()
	}
	return t.Hour()
}

// worn is a sum of which earlier parts count less.
type worn struct {
	sum  float64
	last time.Time
}

// memory is for how long it takes until what was seen counts a third.
const memory = 14 * 24 * time.Hour

func (w *worn) add(n float64, at time.Time) {
	w.sum = w.at(at) + n
	if at.After(w.last) {
		w.last = at
	}
}

func (w *worn) at(t time.Time) float64 {
	return w.sum * math.Exp(-max(0, t.Sub(w.last).Seconds())/memory.Seconds())
}

// maxPriorities bounds how many priorities are told apart.
const maxPriorities = 20

// note notes that a task has ended that kept so much of a place from start to end.
func (d demand) note(priority int64, places float64, start, end time.Time) {
	const longest = 14 * 24 * time.Hour // of a run
	if start.IsZero() || !end.After(start) || end.Sub(start) > longest {
		return
	}
	u := d[priority]
	if u == nil {
		if len(d) >= maxPriorities {
			return
		}
		u = new(use)
		d[priority] = u
	}
	u.work.add(places*end.Sub(start).Seconds(), end)
	u.tasks.add(1, end)
	eachHour(start, end, func(slot int, d time.Duration) { u.hours[slot].add(places*d.Seconds(), end) })
}

// eachHour calls do for each hour from start to end, with how much of it lies between.
func eachHour(start, end time.Time, do func(slot int, d time.Duration)) {
	for start.Before(end) {
		next := start.Truncate(time.Hour).Add(time.Hour)
		if next.After(end) {
			next = end
		}
		do(slotOf(start), next.Sub(start))
		start = next
	}
}

// watch is for how long the stream was there to be seen, by the hour of the day.
type watch struct {
	hours  [slots]worn // seconds
	all    worn
	newest time.Time
}

// see takes in that there was something to be seen. Where nothing was for long, nobody
// was there to see it.
func (w *watch) see(at time.Time) {
	const away = time.Hour
	since := at.Sub(w.newest)
	if since <= 0 {
		return
	}
	if since < away {
		w.all.add(since.Seconds(), at)
		eachHour(w.newest, at, func(slot int, d time.Duration) { w.hours[slot].add(d.Seconds(), at) })
	}
	w.newest = at
}

// thin is how much of an hour of the day has to be seen for it to tell as much as the
// whole day does.
const thin = 2 * time.Hour

// busy is how many places the work of a priority keeps in an hour of the day, on
// average, as far as that is known.
func (w *watch) busy(u *use, slot int, at time.Time) float64 {
	seen := w.all.at(at)
	if seen < time.Hour.Seconds() {
		return 0
	}
	whole := u.work.at(at) / seen
	return (u.hours[slot].at(at) + whole*thin.Seconds()) / (w.hours[slot].at(at) + thin.Seconds())
}
