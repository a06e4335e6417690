package xmlrpc

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc/internal/scan"
)

// DateTime is the text of a dateTime.iso8601 as it was sent, usually without a time
// zone, such as 20180926T13:57:24. In Koji, only stored task requests contain such
// values; the hub sends times as plain strings.
type DateTime string

// Time returns the time in UTC. A time without a time zone is taken as UTC, which
// Koji's hubs use. It returns an error if the text is not a time.
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
	return time.Time{}, fmt.Errorf("dateTime.iso8601 %s is not a time such as 20180926T13:57:24", scan.Quote(string(t)))
}
