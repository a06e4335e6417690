package board

import (
	"cmp"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// QueueRow is what runs and waits in a channel for an arch.
type QueueRow struct {
	Channel, Arch    string
	Running, Waiting int
	// NextStart is when the first of those that wait will start, or where none waits a task
	// that came now; zero if that is not known.
	NextStart time.Time
}

// queueKey names a row of the queue.
type queueKey struct{ channel, arch string }

// queueKeyOf returns the row in which a task takes a place or waits for one. One that only
// waits for its children takes none.
func (m *model) queueKeyOf(t *Task) (k queueKey, ok bool) {
	if !t.Live() || t.State == koji.TaskUnknown || t.State == koji.TaskOpen && len(m.children[t.ID]) > 0 {
		return k, false
	}
	return queueKey{cmp.Or(t.Channel, "not known"), cmp.Or(t.Arch, "noarch")}, true
}

// findPlaces asks where there will be a free place when.
func (m *model) findPlaces(e Estimator, now time.Time) {
	places := map[queueKey]time.Time{}
	for _, t := range m.tasks {
		k, ok := m.queueKeyOf(t)
		if _, there := places[k]; !ok || there || t.ChannelID == 0 || len(places) >= maxQueueRows {
			continue
		}
		places[k] = e.FreePlace(t.ChannelID, k.arch, now)
		if old := m.places[k]; soon(old, now) && soon(places[k], now) {
			places[k] = old
		}
		m.moved = m.moved || apart(places[k], m.places[k])
	}
	m.places = places
}

// soon reports whether a place is as good as free: that it is always some seconds away is
// nothing new.
func soon(at, now time.Time) bool { return !at.IsZero() && at.Before(now.Add(time.Minute)) }

// queue counts tasks.
func (m *model) queue() []QueueRow {
	rows := map[queueKey]*QueueRow{}
	for _, t := range m.tasks {
		k, ok := m.queueKeyOf(t)
		if !ok {
			continue
		}
		row := rows[k]
		if row == nil {
			row = &QueueRow{Channel: k.channel, Arch: k.arch}
			rows[k] = row
		}
		row.add(t)
	}
	all := make([]QueueRow, 0, len(rows))
	for k, row := range rows {
		if row.Waiting == 0 {
			row.NextStart = m.places[k]
		}
		all = append(all, *row)
	}
	slices.SortFunc(all, func(a, b QueueRow) int {
		return cmp.Or(cmp.Compare(a.Channel, b.Channel), cmp.Compare(a.Arch, b.Arch))
	})
	return all[:min(len(all), maxQueueRows)]
}

// maxQueueRows bounds what is shown of the queue: Fedora has about 60.
const maxQueueRows = 200

func (r *QueueRow) add(t *Task) {
	if t.State == koji.TaskOpen {
		r.Running++
		return
	}
	r.Waiting++
	if at := t.Estimate.StartsAt; !at.IsZero() && (r.NextStart.IsZero() || at.Before(r.NextStart)) {
		r.NextStart = at
	}
}
