package enrich

import (
	"strconv"
	"time"
)

// Words formats a duration as in summaries: "12 min 4 sec".
func Words(d time.Duration) string { return string(appendDuration(nil, d)) }

// appendDuration appends a duration for people, in its two largest units:
// "45 sec", "12 min 4 sec", "3 hr 20 min", "2 days 5 hr".
func appendDuration(dst []byte, d time.Duration) []byte {
	units := [...]struct {
		size      time.Duration
		one, many string
	}{
		{24 * time.Hour, " day", " days"},
		{time.Hour, " hr", " hr"},
		{time.Minute, " min", " min"},
		{time.Second, " sec", " sec"},
	}
	d = d.Round(time.Second)
	written := 0
	for i, u := range units {
		n := d / u.size
		if n == 0 && written == 0 && i < len(units)-1 {
			continue
		}
		d -= n * u.size
		if n > 0 || written == 0 {
			if written > 0 {
				dst = append(dst, ' ')
			}
			dst = strconv.AppendInt(dst, int64(n), 10)
			if n == 1 {
				dst = append(dst, u.one...)
			} else {
				dst = append(dst, u.many...)
			}
		}
		if written++; written == 2 {
			break
		}
	}
	return dst
}
