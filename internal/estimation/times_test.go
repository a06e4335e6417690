package estimation

import (
	"fmt"
	"testing"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
)

// TestStaleRecords: builds and tasks of hubs before 1.17, whose messages have the
// record as it was before the change, teach, and get estimates while they run only.
func TestStaleRecords(t *testing.T) {
	const body = `{"attribute":"state","old":%d,"new":%d,"info":{"id":%d,"name":"zsh","version":"5","release":"%d",` +
		`"method":"image","state":%d,"request":["zsh","5",["x86_64"],"f25","tree",{}],"start_ts":%s,"completion_ts":null}}`
	for _, kind := range []struct {
		key              string
		wait, runs, ends int // states, by Koji's numbers
	}{
		{"koji.BuildStateChange.state.zsh", 0, 0, 1},
		{"koji.TaskStateChange.image.state", 0, 1, 2},
	} {
		t.Run(kind.key, func(t *testing.T) {
			d := Open(durationsConfig(t, ""), zerolog.Nop())
			defer d.Close()
			parser, estimates := parse.New(parse.Options{}), d.ForEvents()
			said := func(id, before, after int, started string, at time.Time) *event.Event {
				e, err := parser.Parse(&parse.Delivery{
					RoutingKey: kind.key, ReceivedAt: at, Body: fmt.Appendf(nil, body, before, after, id, id, before, started),
				})
				if err != nil {
					t.Fatal(err)
				}
				estimates.Estimate(e)
				return e
			}
			for id := 1; id <= 4; id++ {
				start := noon.Add(time.Duration(id) * 24 * time.Hour)
				begun := said(id, kind.wait, kind.runs, "null", start)
				if id > 1 && (begun.Estimate == nil || begun.Estimate.Remaining.Value < 50*time.Minute) {
					t.Errorf("%d begins with %+v", id, begun.Estimate)
				}
				ended := said(id, kind.runs, kind.ends, fmt.Sprint(start.Unix()), start.Add(time.Hour))
				if ended.Estimate != nil && ended.Estimate.Remaining.Known {
					t.Errorf("%d ended, and %v remain", id, ended.Estimate.Remaining.Value)
				}
			}
		})
	}
}
