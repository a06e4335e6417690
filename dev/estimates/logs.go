package main

import (
	"time"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
	"github.com/kojiwatch/kojiwatch/estimates"
)

// readLogs looks at the logs of running tasks once a minute, as package live does.
func (k *kojiwatch) readLogs(now time.Time) {
	const atOnce = 50
	if k.logs == nil || now.Sub(k.readAt) < time.Minute {
		return
	}
	k.readAt = now
	all := estimates.LogInterest{All: true, Task: func(int64) bool { return false }}
	for _, id := range k.LogsToRead(atOnce, all, now) {
		size, total, grew := k.logs.LogSizes(id, now)
		k.ObserveLog(id, estimates.LogReading{Size: size, Total: total, Modified: grew}, now)
	}
}

// partsOfRun are the moments at which those that see logs are compared with those that do not.
func partsOfRun() []float64 { return []float64{0.25, 0.5, 0.75, 0.9} }

// readers are a kojiwatch that sees logs and one that does not.
func readers(s *simulation.System) []contender {
	with := newKojiwatch(withHub+", logs", s)
	with.logs = s
	return []contender{newKojiwatch(withHub, s), with}
}
