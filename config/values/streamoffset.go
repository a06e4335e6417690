package values

import (
	"errors"
	"strconv"
	"time"
)

var errStreamOffset = errors.New("is no place in a stream; write first, last, next, a time like 2026-11-29T12:00 or an offset like 1200")

// ParseStreamOffset reads a place in a stream as it is written in the file: first, last,
// next, a time or an offset. It returns text, a time.Time or an int64. Its errors read on
// from the text that was wrong.
func ParseStreamOffset(text string) (any, error) {
	switch text {
	case "first", "last", "next":
		return text, nil
	}
	if number, err := strconv.ParseInt(text, 10, 64); err == nil && number >= 0 {
		return number, nil
	}
	if at, err := ParseTime(text); err == nil {
		return at, nil
	}
	return nil, errStreamOffset
}

var errTime = errors.New("is no time; write it like 2026-11-29, 2026-11-29T12:00 or 2026-11-29T12:00:00+01:00")

// ParseTime reads a time as people write it: RFC 3339, of which seconds, the time of day
// and the zone may be left out. Without a zone it is UTC. Its errors read on from the text
// that was wrong.
func ParseTime(text string) (time.Time, error) {
	for _, form := range []string{
		time.RFC3339, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05", "2006-01-02T15:04",
		"2006-01-02 15:04:05", "2006-01-02 15:04", time.DateOnly,
	} {
		if at, err := time.Parse(form, text); err == nil {
			return at, nil
		}
	}
	return time.Time{}, errTime
}
