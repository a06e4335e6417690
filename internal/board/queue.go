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
	// NextStart is when the first of those that wait will start; zero if that is not known.
	NextStart time.Time
}

// queue counts tasks. Those that only wait for their children take no place.
func (m *model) queue() []QueueRow {
	type key struct{ channel, arch string }
	rows := map[key]*QueueRow{}
	for id, t := range m.tasks {
		if !t.Live() || t.State == koji.TaskUnknown || t.State == koji.TaskOpen && len(m.children[id]) > 0 {
			continue
		}
		k := key{cmp.Or(t.Channel, "not known"), cmp.Or(t.Arch, "noarch")}
		row := rows[k]
		if row == nil {
			row = &QueueRow{Channel: k.channel, Arch: k.arch}
			rows[k] = row
		}
		row.add(t)
	}
	all := make([]QueueRow, 0, len(rows))
	for _, row := range rows {
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
