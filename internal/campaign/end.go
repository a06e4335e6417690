package campaign

import (
	"cmp"
	"container/heap"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// End is when a campaign will be over.
type End struct {
	At time.Time `json:"completion_at"`
	// Low and High are the interval that holds the end four times in five.
	Low  time.Time `json:"completion_low"`
	High time.Time `json:"completion_high"`
}

// Estimate is when a task will be done.
type Estimate struct {
	At, Low, High time.Time
	Overdue       bool
}

// Estimates tell what is known of tasks and packages from before.
type Estimates interface {
	// Task returns when a task will be done; the zero value where that is not known.
	Task(task int64, now time.Time) Estimate
	// Package returns how long a build of a package takes; 0 where that is not known.
	Package(name string) time.Duration
}

// outlook is what the end of a campaign depends on, copied from it: finding the end takes
// longer than events may wait.
type outlook struct {
	now     time.Time
	byNVR   bool    // names may be NVRs
	builds  []Build // all that run
	running []inWork
	queued  []queued
	ended   []ended
	window  span
	recent  int           // how many have ended in the window
	begun   int           // how many have begun in it
	busy    time.Duration // the hosts' work in it
	waiting int           // how many of the queued have begun

	work   []time.Duration // of what has ended, in order
	ratios []float64       // of that to what was expected, where something was
}

// inWork is a package that hosts work at.
type inWork struct {
	name     string
	task     int64
	since    time.Time // when they began
	estimate Estimate
	expected time.Duration
}

// queued is a package that waits for hosts, or has not begun.
type queued struct {
	name     string
	task     int64
	expected time.Duration
}

// ended is how long hosts worked at a package.
type ended struct {
	name string
	work time.Duration
}

// The window in which the pace of a campaign is measured: the last third of its time. What
// is further back was of other packages, and maybe of more hosts.
const (
	windowShare = 3
	leastWindow = 30 * time.Minute
	leastRecent = 5
)

func (c *Campaign) outlook(now time.Time) *outlook {
	o := &outlook{now: now, byNVR: len(c.matcher.NVRs) > 0}
	var first time.Time
	for _, i := range c.items {
		if !i.Started.IsZero() && (first.IsZero() || i.Started.Before(first)) {
			first = i.Started
		}
	}
	if !first.IsZero() {
		ran := now.Sub(first)
		o.window = span{now.Add(-min(ran, max(leastWindow, ran/windowShare))), now}
	}
	for _, key := range slices.Sorted(maps.Keys(c.items)) {
		o.add(c.items[key])
	}
	return o
}

func (o *outlook) add(i *item) {
	if i.Task != 0 && !knownTime(i.Started, i.Created).Before(o.window.from) {
		o.begun++
	}
	if i.State == Running {
		o.builds = append(o.builds, Build{i.Key, i.Task, i.Owner, i.Started})
	}
	if i.State != Done && i.State != Failed {
		if since := i.workedSince(); !since.IsZero() {
			o.running = append(o.running, inWork{name: i.Key, task: i.Task, since: since})
			o.busy += span{since, o.now}.within(o.window)
		} else {
			o.queued = append(o.queued, queued{name: i.Key, task: i.Task})
		}
		return
	}
	work := i.work()
	if work.length() == 0 {
		return
	}
	o.ended = append(o.ended, ended{i.Key, work.length()})
	o.busy += work.within(o.window)
	if !i.Ended.Before(o.window.from) {
		o.recent++
	}
}

// ask completes the outlook with what is known from before.
func (o *outlook) ask(from Estimates) {
	for _, e := range o.ended {
		o.work = append(o.work, e.work)
	}
	slices.Sort(o.work)
	if from == nil {
		return
	}
	for i := range o.running {
		b := &o.running[i]
		b.estimate, b.expected = from.Task(b.task, o.now), from.Package(o.packageOf(b.name))
	}
	for i := range o.queued {
		o.queued[i].expected = from.Package(o.packageOf(o.queued[i].name))
	}
	for _, e := range o.ended {
		if expected := from.Package(o.packageOf(e.name)); expected > 0 {
			o.ratios = append(o.ratios, float64(e.work)/float64(expected))
		}
	}
}

// packageOf returns the package that a name stands for.
func (o *outlook) packageOf(name string) string {
	if o.byNVR {
		if nvr, err := koji.ParseNVR(name); err == nil {
			return nvr.Name
		}
	}
	return name
}

// How often the rest of a campaign is played to find its end: for the median and the
// interval that is enough.
const (
	plays     = 50
	lowPlay   = plays / 10
	highPlay  = plays - 1 - plays/10
	widthOf80 = 1.2816 // standard deviations to either side hold four in five
)

// end plays what remains: hosts take what is queued one after the other, for as long as is
// known from before or as another one took. It is nil where too little has ended to tell.
func (o *outlook) end() *End {
	if len(o.work) < leastRecent || len(o.queued)+len(o.running) == 0 {
		return nil
	}
	slices.SortStableFunc(o.queued, inOrder)
	if o.waiting = slices.IndexFunc(o.queued, func(q queued) bool { return q.task == 0 }); o.waiting < 0 {
		o.waiting = len(o.queued)
	}
	random := rand.New(rand.NewPCG(uint64(len(o.work)), uint64(len(o.queued)))) //nolint:gosec // the same question gets the same answer
	ends := make([]time.Duration, plays)
	for n := range ends {
		toDo := o.queued[o.waiting:]
		random.Shuffle(len(toDo), func(a, b int) { toDo[a], toDo[b] = toDo[b], toDo[a] })
		ends[n] = o.play(random)
	}
	slices.Sort(ends)
	at := func(d time.Duration) time.Time { return o.now.Add(d).Truncate(time.Second) }
	return &End{at(ends[plays/2]), at(ends[lowPlay]), at(ends[highPlay])}
}

// inOrder has tasks in the order in which they were created, and then what has none.
func inOrder(a, b queued) int {
	if (a.task == 0) != (b.task == 0) {
		return cmp.Compare(b.task, a.task)
	}
	return cmp.Compare(a.task, b.task)
}

// workers is at how many packages hosts work at a time, on average.
func (o *outlook) workers() float64 {
	if o.recent < leastRecent {
		return math.Max(1, float64(len(o.running)))
	}
	return math.Max(1, o.busy.Seconds()/o.window.length().Seconds())
}

// pause is the time between two packages that begin, if hosts wait for these; else it is 0,
// for packages wait for hosts.
func (o *outlook) pause() time.Duration {
	if o.begun < leastRecent || float64(o.waiting) > o.workers()/4 {
		return 0
	}
	return o.window.length() / time.Duration(o.begun)
}

// play returns how long the rest takes.
func (o *outlook) play(random *rand.Rand) time.Duration {
	doubt := math.Exp((.02 + 1/math.Sqrt(float64(max(o.recent, 1)))) * random.NormFloat64())
	workers, pause := o.workers()*doubt, time.Duration(float64(o.pause())*doubt)
	if pause > 0 {
		workers *= idleHosts
	}
	last, free := o.begin(max(1, int(workers)), random)
	for i := range o.queued {
		begins := free[0]
		if i >= o.waiting {
			begins = max(begins, time.Duration(i-o.waiting)*pause)
		}
		free[0] = begins + o.draw(o.queued[i].expected, random)
		last = max(last, free[0])
		heap.Fix(&free, 0)
	}
	return last
}

// idleHosts is how many times as many hosts there are as work, if they wait for it.
const idleHosts = 3

// begin returns when the hosts will be free, and the last package that runs done.
func (o *outlook) begin(workers int, random *rand.Rand) (last time.Duration, free hosts) {
	for i := range o.running {
		remains := o.remains(&o.running[i], random)
		last = max(last, remains)
		free = append(free, remains)
	}
	if len(free) > workers {
		random.Shuffle(len(free), func(a, b int) { free[a], free[b] = free[b], free[a] })
		free = free[:workers]
	}
	for len(free) < workers {
		free = append(free, 0)
	}
	heap.Init(&free)
	return last, free
}

// draw returns how long a package may take: what is expected, off by as much as another one
// was; else as long as another one took.
func (o *outlook) draw(expected time.Duration, random *rand.Rand) time.Duration {
	if expected > 0 && len(o.ratios) >= leastRecent {
		return time.Duration(float64(expected) * o.ratios[random.IntN(len(o.ratios))])
	}
	return o.work[random.IntN(len(o.work))]
}

// remains draws how much longer what runs will take.
func (o *outlook) remains(b *inWork, random *rand.Rand) time.Duration {
	if e := &b.estimate; !e.At.IsZero() {
		off := random.NormFloat64() / widthOf80
		spread := e.High.Sub(e.At)
		if off < 0 {
			spread = e.At.Sub(e.Low)
		}
		return max(0, e.At.Add(time.Duration(off*float64(spread))).Sub(o.now))
	}
	ran := o.now.Sub(b.since)
	if b.expected > 0 {
		if takes := o.draw(b.expected, random); takes > ran {
			return takes - ran
		}
		return ran / 10
	}
	longer, _ := slices.BinarySearchFunc(o.work, ran, cmp.Compare)
	if longer == len(o.work) {
		return ran / 2 // longer than all before
	}
	return o.work[longer+random.IntN(len(o.work)-longer)] - ran
}

// hosts are when hosts become free, a heap.
type hosts []time.Duration

func (h hosts) Len() int           { return len(h) }
func (h hosts) Less(a, b int) bool { return h[a] < h[b] }
func (h hosts) Swap(a, b int)      { h[a], h[b] = h[b], h[a] }

// Push implements heap.Interface; the number of hosts does not change.
func (h *hosts) Push(x any) { *h = append(*h, x.(time.Duration)) }

// Pop implements heap.Interface.
func (h *hosts) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
