package xmlrpc

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc/internal/scan"
)

// DateTime is the text of a dateTime.iso8601: the wall clock as it was sent,
// usually without a zone, such as 20180926T13:57:24. Koji keeps such values only
// inside stored task requests; its hub sends times as plain strings.
type DateTime string

// Time returns the time in UTC. A wall clock without a zone counts as UTC,
// as Koji's hubs keep them. The error says that the text is no time.
func (t DateTime) Time() (time.Time, error) {
	for _, layout := range []string{
		"20060102T15:04:05",
		"20060102T15:04:05Z07:00",
		"20060102T15:04:05Z0700",
		"2006-01-02T15:04:05",
		"2006-01-02T15:04:05Z07:00",
		"2006-01-02T15:04:05Z0700",
	} {
		if at, err := time.Parse(layout, string(t)); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("dateTime.iso8601 %s is no time; want one like 20180926T13:57:24", scan.Quote(string(t)))
}
