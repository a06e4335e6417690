package simulation

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// logs makes the sizes of build logs. A package has a usual size of its log, which grows with
// what there is to build, and a course of its own: for a while there is no log, and then it
// grows at a pace that rises or falls.
type logs struct {
	r     *rand.Rand // apart from what else is drawn
	seed  uint64
	noise float64 // of a run's size
	ended map[int64]int64
}

// log is the build log of a run.
type log struct {
	size   float64       // at the end
	begins float64       // share of the run until it is there
	bend   float64       // exponent: below 1, most of it comes early
	grows  time.Duration // from the start of the run to its full size
}

func newLogs(seed uint64) *logs {
	r := rand.New(rand.NewPCG(seed, 4)) //nolint:gosec // to be the same each time
	return &logs{r: r, seed: seed, noise: between(r, 0.01, 0.1), ended: map[int64]int64{}}
}

// of draws the log of a run that begins.
func (l *logs) of(t *task) log {
	if t.Method != "buildArch" {
		return log{}
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(t.spec.Package))
	own := rand.New(rand.NewPCG(l.seed, h.Sum64())) //nolint:gosec // to be the same each time
	usual := math.Log(between(own, 5e3, 5e4)) + 0.7*own.NormFloat64()
	return log{
		size:   math.Exp(usual + 0.7*math.Log(t.median.Seconds()) + l.noise*l.r.NormFloat64()),
		begins: between(own, 0.02, 0.3), bend: math.Exp(0.4*own.NormFloat64()) + 0.05*l.r.NormFloat64(),
		grows: t.took,
	}
}

// end notes the final size of a log.
func (l *logs) end(t *task) {
	if t.log.size > 0 && t.State == koji.TaskClosed {
		l.ended[t.ID] = int64(t.log.size)
	}
}

// rootLog is the size of the log that is written before the build log.
const rootLog = 100_000

// at returns the size when a share of the run is over, and that of all logs together.
func (l *log) at(share float64) (size, total int64) {
	size = l.sizeAt(share)
	return size, size + int64(rootLog*min(1, share/l.begins))
}

func (l *log) sizeAt(share float64) int64 {
	if share <= l.begins {
		return 0
	}
	return int64(l.size * math.Pow(min(1, (share-l.begins)/(1-l.begins)), max(0.2, l.bend)))
}

// LogSizes returns the size of the build log of a task and of all its logs at a time since the
// last message, and when one last grew; 0 if there is none.
func (s *System) LogSizes(id int64, at time.Time) (size, total int64, grew time.Time) {
	t := s.active[id]
	if t == nil {
		return s.logs.ended[id], s.logs.ended[id] + rootLog, time.Time{}
	}
	if t.State != koji.TaskOpen || t.log.size == 0 {
		return 0, 0, time.Time{}
	}
	grew = later(at, t.Started)
	if !t.silentFrom.IsZero() && t.silentFrom.Before(grew) {
		grew = t.silentFrom
	}
	size, total = t.log.at(float64(grew.Sub(t.Started)) / float64(t.log.grows))
	return size, total, grew
}

// TellAlong has Next return a notice, beside the hub's messages, of each buildArch task that
// has run for a share of its time, for each of the shares.
func (s *System) TellAlong(shares ...float64) { s.along = shares }

// tellAlong plans them for a run that begins.
func (s *System) tellAlong(t *task) {
	if t.Method != "buildArch" {
		return
	}
	run := t.runs
	for _, share := range s.along {
		s.at(time.Duration(share*float64(t.took)), func() {
			if t.runs == run && t.State == koji.TaskOpen {
				s.publish(t)
				s.out[len(s.out)-1].Along = share
			}
		})
	}
}
