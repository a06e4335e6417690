package deadletters

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/event"
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
	About      string `json:"about,omitempty"`
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

// listForm is the format of a line for people. Columns of varying width come last.
const listForm = "%-20s  %-12s  %5s  %-32s  %s  %s\n"

func (w *walk) list(dead *deadletter.Letter, id string, e *event.Event) error {
	if w.o.JSON {
		line, err := json.Marshal(listEntry{
			ID: id, About: about(e), Sink: dead.Sink, Reason: dead.Reason, Error: dead.Error, Time: rfc3339(dead.Time),
			Attempts: dead.Attempts, First: rfc3339(dead.First), Last: rfc3339(dead.Last),
			Exchange: dead.Exchange, RoutingKey: dead.RoutingKey, Bytes: len(dead.Body),
		})
		if err == nil {
			_, err = w.out.Write(append(line, '\n'))
		}
		return err
	}
	if w.taken == 0 {
		_, _ = fmt.Fprintf(w.out, listForm, "TIME", "REASON", "TRIED", "ABOUT", "ID", "ERROR")
	}
	_, err := fmt.Fprintf(w.out, listForm, rfc3339(dead.Time), cliutil.Visible(dead.Reason), fmt.Sprintf("%d×", dead.Attempts),
		cliutil.Visible(cmp.Or(about(e), dead.RoutingKey)), cliutil.Visible(id), cliutil.Visible(dead.Error))
	return err
}

// about returns the task, build or tag that an event is about, with the package or build if
// known. It returns "" for nil.
func about(e *event.Event) string {
	if e == nil {
		return ""
	}
	text, name := e.Key().String(), e.Package.Name
	switch {
	case e.Task != nil:
		name = cmp.Or(e.Task.NVR(), e.Task.Package(), e.Task.Method)
	case e.Build != nil:
		name = e.Build.NVR
	}
	if name == "" || strings.HasSuffix(text, " "+name) {
		return text
	}
	return text + ", " + name
}

// rfc3339 formats a time with the precision of seconds. It returns "" for the zero time.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
