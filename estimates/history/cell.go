package history

import "time"

// effectState is the learnt state of one effect.
type effectState struct {
	mean     float32 // of the logarithm of seconds
	variance float32 // of that mean
	noise    float32 // variance of the runs around what is expected of them
	hint     float32 // what the last run was off by if that was out of the ordinary, else 0
	runs     uint16  // how many it has seen, up to maxRuns
	day      uint16  // of the last one
}

const maxRuns = 1<<16 - 1

// day returns a time as days since 1970. It works until 2149.
func day(at time.Time) uint16 {
	return uint16(max(0, min(at.Unix()/(24*60*60), 1<<16-1)))
}

// age increases the uncertainty for the time until today.
func (c *effectState) age(p prior, today uint16) {
	if today > c.day {
		c.variance += float32(today-c.day) * p.perDay
		c.day = today
	}
	c.variance = min(c.variance, p.variance)
}

// move updates the effect after a run whose sum was off: it takes its share of the whole
// variance.
func (c *effectState) move(off, whole float64, p prior) {
	gain := float64(c.variance) / whole
	c.mean += float32(gain * off)
	c.variance = min(c.variance*float32(1-gain)+p.perRun, p.variance)
	if c.runs < maxRuns {
		c.runs++
	}
}
