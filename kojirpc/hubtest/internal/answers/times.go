package answers

import (
	"math"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// The hub's database stores times with microseconds, and null for no time.

// Text returns a time in the hub's format.
func Text(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	t = t.UTC().Truncate(time.Microsecond)
	layout := "2006-01-02 15:04:05.000000-07:00"
	if t.Nanosecond() == 0 {
		layout = "2006-01-02 15:04:05-07:00"
	}
	return t.Format(layout)
}

// Stamp returns a time in seconds since 1970.
func Stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return float64(t.UnixMicro()) / 1e6
}

// moment parses a time in an argument: seconds since 1970, or text.
func moment(v any) (time.Time, error) {
	switch v := v.(type) {
	case int64:
		return time.Unix(v, 0).UTC(), nil
	case float64:
		whole, frac := math.Modf(v)
		return time.Unix(int64(whole), int64(frac*1e9)).UTC(), nil
	case string:
		if t, ok := koji.ParseTime(v); ok {
			return t, nil
		}
		if t, err := time.Parse(time.DateOnly, v); err == nil {
			return t, nil
		}
	}
	return time.Time{}, python.BuiltinError("psycopg2.errors.InvalidDatetimeFormat",
		"invalid input syntax for type timestamp with time zone: %s", python.Quote(python.Str(v)))
}
