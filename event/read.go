package event

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// ErrSchema is that JSON is not that of an event of this schema.
var ErrSchema = errors.New("not an event of schema " + Schema)

// UnmarshalJSON reads what AppendJSON has written; written again, it is the same
// but for what other members imply, such as a duration. Members it does not know
// are left out. Another schema is [ErrSchema].
func (e *Event) UnmarshalJSON(text []byte) error {
	var r reading
	err := json.Unmarshal(text, &r)
	if wrong, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("read an event: %s cannot be a %s", wrong.Field, wrong.Value)
	}
	if err != nil {
		return fmt.Errorf("read an event: %w", err)
	}
	if r.Schema != Schema {
		return ErrSchema
	}
	*e = Event{
		ID: r.ID, Type: r.Type, Dialect: r.Dialect, Topic: r.Topic, Instance: r.Instance,
		ReceivedAt: r.ReceivedAt.time(), Old: r.Old, New: r.New, URL: r.URL, Summary: r.Summary,
		Task: r.Task.task(), Build: r.Build.build(), Repo: r.Repo.repo(), RPM: r.RPM.rpm(),
		Tag: koji.Ref(r.Tag), User: koji.Ref(r.User), Package: koji.Ref(r.Package), Owner: koji.Ref(r.Owner),
		Action: r.Action, ImportType: r.ImportType, Estimate: r.Estimate.estimate(),
		Enrichment: Enrichment{Status: r.Enrichment.Status, Missing: r.Enrichment.Missing},
	}
	if len(r.Raw) > 0 {
		var raw bytes.Buffer
		_ = json.Compact(&raw, r.Raw) // it was just read as JSON
		e.Raw = raw.Bytes()
	}
	return nil
}

// reading is an event as its JSON has it.
type reading struct {
	Schema     string  `json:"schema"`
	ID         string  `json:"id"`
	Type       Type    `json:"type"`
	Dialect    Dialect `json:"dialect"`
	Topic      string  `json:"topic"`
	Instance   string  `json:"instance"`
	ReceivedAt moment  `json:"received_at"`
	Old        string  `json:"old"`
	New        string  `json:"new"`
	URL        string  `json:"url"`
	Summary    string  `json:"summary"`

	Task       *taskReading     `json:"task"`
	Build      *buildReading    `json:"build"`
	Repo       *repoReading     `json:"repo"`
	RPM        *rpmReading      `json:"rpm"`
	Tag        refReading       `json:"tag"`
	User       refReading       `json:"user"`
	Package    refReading       `json:"package"`
	Owner      refReading       `json:"owner"`
	Action     string           `json:"action"`
	ImportType string           `json:"import_type"`
	Estimate   *estimateReading `json:"estimate"`
	Enrichment struct {
		Status  Status `json:"status"`
		Missing []Gap  `json:"missing"`
	} `json:"enrichment"`
	Raw json.RawMessage `json:"raw"`
}

type refReading struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// known is an Opt that is known if the JSON has it.
func known[T any](v *T) koji.Opt[T] {
	if v == nil {
		return koji.Opt[T]{}
	}
	return koji.Some(*v)
}

// moment is a time, read to the microsecond, as it is written.
type moment time.Time

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(text []byte) error { return (*time.Time)(m).UnmarshalJSON(text) }

// time is the moment in UTC; what four digits have no year for is zero.
func (m moment) time() time.Time {
	t := time.Time(m).UTC().Truncate(time.Microsecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// mostSeconds is the longest duration that is read, about thirty years.
const mostSeconds = 1e9

// duration is a number of seconds, to the microsecond; one beyond all measure is 0.
func duration(seconds float64) time.Duration {
	if math.Abs(seconds) > mostSeconds {
		return 0
	}
	return time.Duration(math.Round(seconds*1e6)) * time.Microsecond
}

func optDuration(seconds *float64) koji.Opt[time.Duration] {
	if seconds == nil {
		return koji.Opt[time.Duration]{}
	}
	return koji.Some(duration(*seconds))
}
