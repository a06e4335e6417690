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

// ErrSchema reports that JSON is not that of an event of this schema.
var ErrSchema = errors.New("not an event of schema " + Schema)

// UnmarshalJSON reads what AppendJSON has written; written again, it is the same
// but for what other members imply, such as a duration. Members it does not know
// are left out. Another schema is [ErrSchema].
func (e *Event) UnmarshalJSON(text []byte) error {
	var r eventReading
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
	*e = *r.event()
	return nil
}

// compact returns JSON that was just read without its white space.
func compact(text json.RawMessage) []byte {
	if len(text) == 0 {
		return nil
	}
	var b bytes.Buffer
	_ = json.Compact(&b, text)
	return b.Bytes()
}

type refReading struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// known returns an Opt that is known if the JSON has it.
func known[T any](v *T) koji.Opt[T] {
	if v == nil {
		return koji.Opt[T]{}
	}
	return koji.Some(*v)
}

// moment is a time that is read to the microsecond, as it is written.
type moment time.Time

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(text []byte) error { return (*time.Time)(m).UnmarshalJSON(text) }

// time returns the moment in UTC, and zero for years that four digits cannot
// write.
func (m moment) time() time.Time {
	t := time.Time(m).UTC().Truncate(time.Microsecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// mostSeconds is the longest duration that is read, about thirty years.
const mostSeconds = 1e9

// duration returns a number of seconds to the microsecond, 0 for one beyond all
// measure.
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
