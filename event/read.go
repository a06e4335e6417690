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

// ErrSchema reports that JSON is not an event of this schema.
var ErrSchema = errors.New("not an event of schema " + Schema)

// UnmarshalJSON reads the output of AppendJSON. It ignores members that it does not know,
// and members that follow from others, such as a duration. It returns [ErrSchema] for
// another schema.
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

// compact returns valid JSON without white space.
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

// known returns an Opt that is known if the JSON has the member.
func known[T any](v *T) koji.Opt[T] {
	if v == nil {
		return koji.Opt[T]{}
	}
	return koji.Some(*v)
}

// moment is a time that is read with the precision of microseconds.
type moment time.Time

// UnmarshalJSON implements json.Unmarshaler.
func (m *moment) UnmarshalJSON(text []byte) error { return (*time.Time)(m).UnmarshalJSON(text) }

// time returns the moment in UTC, or the zero time if its year does not have four digits.
func (m moment) time() time.Time {
	t := time.Time(m).UTC().Truncate(time.Microsecond)
	if t.Year() < 1 || t.Year() > 9999 {
		return time.Time{}
	}
	return t
}

// mostSeconds is the longest accepted duration, about thirty years.
const mostSeconds = 1e9

// duration converts seconds, rounded to microseconds. It returns 0 if they are out of range.
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
