package queue

import (
	"math"
	"time"
)

// demand records how much of a bin's places tasks have used, by priority: tasks that come
// later and go first take places from those that wait now. It is learnt from ended
// tasks, which include those canceled, failed or longer than expected.
type demand map[int64]*usage

// usage is the load of one priority, by the hour of the day.
type usage struct {
	hours [slots]decayingSum // seconds of places
	work  decayingSum        // of all hours
	tasks decayingSum
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

// decayingSum is a sum whose parts count less the older they are.
type decayingSum struct {
	sum  float64
	last time.Time
}

// memory is the time after which an observation counts a third.
const memory = 14 * 24 * time.Hour

func (w *decayingSum) add(n float64, at time.Time) {
	w.sum = w.at(at) + n
	if at.After(w.last) {
		w.last = at
	}
}

func (w *decayingSum) at(t time.Time) float64 {
	return w.sum * math.Exp(-max(0, t.Sub(w.last).Seconds())/memory.Seconds())
}

// maxPriorities bounds how many priorities are told apart.
const maxPriorities = 20

// note adds a task that used so many places from start to end.
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
		u = new(usage)
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

// observedTime is how long the stream was observed, by the hour of the day.
type observedTime struct {
	hours  [slots]decayingSum // seconds
	all    decayingSum
	newest time.Time
}

// see notes that a message came. A long gap between messages does not count as observed.
func (w *observedTime) see(at time.Time) {
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

// thin is the observed time of an hour of the day that weighs as much as the whole day.
const thin = 2 * time.Hour

// busy returns the average number of places that tasks of a priority use in an hour of the
// day.
func (w *observedTime) busy(u *usage, slot int, at time.Time) float64 {
	seen := w.all.at(at)
	if seen < time.Hour.Seconds() {
		return 0
	}
	whole := u.work.at(at) / seen
	return (u.hours[slot].at(at) + whole*thin.Seconds()) / (w.hours[slot].at(at) + thin.Seconds())
}
