package deadletters

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// show writes a dead letter as a line of a recording.
func (w *walk) show(dead *deadletter.Letter) error {
	line, err := recording.AppendDead(nil, dead.DeadLetter)
	if err == nil {
		_, err = w.out.Write(line)
	}
	return err
}

// listEntry is a line of the list as JSON.
type listEntry struct {
	ID         string `json:"id,omitempty"`
	Sink       string `json:"sink,omitempty"`
	Reason     string `json:"reason"`
	Error      string `json:"error"`
	Time       string `json:"time"`
	Attempts   int    `json:"attempts,omitempty"`
	First      string `json:"first_attempt,omitempty"`
	Last       string `json:"last_attempt,omitempty"`
	Exchange   string `json:"exchange"`
	RoutingKey string `json:"routing_key"`
	Bytes      int    `json:"bytes"`
}

func (w *walk) list(dead *deadletter.Letter, id string) error {
	if w.o.JSON {
		line, err := json.Marshal(listEntry{
			ID: id, Sink: dead.Sink, Reason: dead.Reason, Error: dead.Error, Time: rfc3339(dead.Time),
			Attempts: dead.Attempts, First: rfc3339(dead.First), Last: rfc3339(dead.Last),
			Exchange: dead.Exchange, RoutingKey: dead.RoutingKey, Bytes: len(dead.Body),
		})
		if err == nil {
			_, err = w.out.Write(append(line, '\n'))
		}
		return err
	}
	_, err := fmt.Fprintf(w.out, "%-20s  %-12s  %3d×  %-24s  %s  %s\n", rfc3339(dead.Time), cliutil.Visible(dead.Reason),
		dead.Attempts, cliutil.Visible(dead.RoutingKey), cliutil.Visible(id), cliutil.Visible(dead.Error))
	return err
}

// rfc3339 formats a time to the second; "" if it is zero.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
