package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// show writes a letter as a line of a recording.
func (w *deadWork) show(letter *deadletter.Letter) error {
	line, err := recording.AppendDead(nil, letter.DeadLetter)
	if err == nil {
		_, err = w.out.Write(line)
	}
	return err
}

// listed is a letter in the list as JSON.
type listed struct {
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

func (w *deadWork) list(letter *deadletter.Letter, id string) error {
	if w.o.JSON {
		line, err := json.Marshal(listed{
			ID: id, Sink: letter.Sink, Reason: letter.Reason, Error: letter.Error, Time: rfc3339(letter.Time),
			Attempts: letter.Attempts, First: rfc3339(letter.First), Last: rfc3339(letter.Last),
			Exchange: letter.Exchange, RoutingKey: letter.RoutingKey, Bytes: len(letter.Body),
		})
		if err == nil {
			_, err = w.out.Write(append(line, '\n'))
		}
		return err
	}
	_, err := fmt.Fprintf(w.out, "%-20s  %-12s  %3d×  %-24s  %s  %s\n", rfc3339(letter.Time), cliutil.Visible(letter.Reason),
		letter.Attempts, cliutil.Visible(letter.RoutingKey), cliutil.Visible(id), cliutil.Visible(letter.Error))
	return err
}

// rfc3339 is a time to the second; "" for none.
func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
