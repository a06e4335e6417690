package enrich

import "time"

// Words returns a duration for people, as summaries have it: "12 min 4 sec".
func Words(d time.Duration) string { return string(appendDuration(nil, d)) }
