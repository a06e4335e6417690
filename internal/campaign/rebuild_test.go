package campaign

import (
	"bytes"
	"container/heap"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// rebuild is a made-up mass rebuild: packages are submitted one after the other and built
// for several arches, each by hosts of its own that take the tasks in their order.
type rebuild struct {
	packages []string
	events   []*event.Event // in the order of their times
	ends     []time.Time    // of packages, in order
	before   history
}

// history is how long packages took in an earlier rebuild.
type history map[string]time.Duration

func (h history) Task(int64, time.Time) Estimate    { return Estimate{} }
func (h history) Package(name string) time.Duration { return h[name] }

// arches of a made-up rebuild, and how fast their hosts are.
func slowness() map[string]float64 {
	return map[string]float64{"x86_64": 1, "aarch64": 1.3, "s390x": .9}
}

func newRebuild(packages, each int, every time.Duration, random *rand.Rand) *rebuild {
	r := &rebuild{before: history{}}
	hostsOf := map[string]hosts{}
	for arch := range slowness() {
		hostsOf[arch] = make(hosts, each)
	}
	for n := range packages {
		submitted := noon.Add(time.Duration(n) * every)
		// As in Fedora's, the longest takes about a quarter of the whole time.
		work := min(8*time.Minute.Seconds()*math.Exp(random.NormFloat64()), 3*time.Hour.Seconds())
		name := fmt.Sprint("package", n)
		if n%50 != 0 { // the others are new
			r.before[name] = time.Duration(1.2 * work * math.Exp(.15*random.NormFloat64()) * float64(time.Second))
		}
		r.build(int64(100*(n+1)), name, submitted, work, hostsOf, random)
	}
	slices.SortStableFunc(r.events, func(a, b *event.Event) int { return a.ReceivedAt.Compare(b.ReceivedAt) })
	slices.SortFunc(r.ends, time.Time.Compare)
	return r
}

func (r *rebuild) build(id int64, name string, submitted time.Time, work float64, hostsOf map[string]hosts, random *rand.Rand) {
	r.packages = append(r.packages, name)
	task := func(at time.Time, from, to koji.TaskState, t koji.Task) {
		t.State, t.Created = to, submitted
		r.events = append(r.events, &event.Event{Type: event.TaskStateChange, ReceivedAt: at, Old: from.String(), New: to.String(), Task: &t})
	}
	top := koji.Task{ID: id, Method: "build", Owner: koji.Ref{Name: "releng"}, Request: koji.Request{Package: name}}
	task(submitted, none, free, top)
	task(submitted, free, open, top)
	last, n := submitted, int64(0)
	for _, arch := range []string{"aarch64", "s390x", "x86_64"} {
		n++
		t := koji.Task{ID: id + n, Parent: id, Method: "buildArch", Request: koji.Request{Arch: arch}}
		queue := hostsOf[arch]
		begins := noon.Add(max(queue[0], submitted.Sub(noon)))
		ends := begins.Add(time.Duration(work * slowness()[arch] * math.Exp(.15*random.NormFloat64()) * float64(time.Second)))
		queue[0] = ends.Sub(noon)
		heap.Fix(&queue, 0)
		task(submitted, none, free, t)
		task(begins, free, open, t)
		task(ends, open, closed, t)
		if ends.After(last) {
			last = ends
		}
	}
	to := closed
	if random.IntN(20) == 0 {
		to = failed
	}
	task(last, open, to, top)
	r.ends = append(r.ends, last)
}

// TestEnd: at half way of made-up rebuilds the end is known to within 15 % of what remains
// in most cases, and most intervals hold it. How long one package takes that takes for hours
// cannot be known better.
func TestEnd(t *testing.T) {
	const rebuilds = 20
	near, inside := 0, 0
	for n := range rebuilds {
		random := rand.New(rand.NewPCG(7, uint64(n)))
		every := []time.Duration{0, 20 * time.Second}[n%2]
		r := newRebuild(3000, 20+random.IntN(60), every, random)
		s := newStory(t, Definition{Packages: r.packages})
		s.opts.Estimates = r.before
		half := r.ends[len(r.ends)/2]
		for _, e := range r.events {
			if e.ReceivedAt.After(half) {
				break
			}
			s.now = e.ReceivedAt
			s.Observe(e)
		}
		end := s.report(t).End
		if end == nil {
			t.Fatalf("rebuild %d: nothing is told of the end", n)
		}
		truth := r.ends[len(r.ends)-1]
		off := end.At.Sub(truth).Seconds() / truth.Sub(half).Seconds()
		if math.Abs(off) <= .15 {
			near++
		}
		if !truth.Before(end.Low) && !truth.After(end.High) {
			inside++
		}
		t.Logf("rebuild %d: off by %.1f %%, interval %s", n, 100*off, end.High.Sub(end.Low))
	}
	t.Logf("%d of %d ends are near, %d intervals hold the end", near, rebuilds, inside)
	if near < rebuilds*8/10 || inside < rebuilds*7/10 {
		t.Error("these are too few")
	}
}

// TestSize: a rebuild as large as Fedora's takes little memory, its report is there at once,
// and so is what is written down.
func TestSize(t *testing.T) {
	const packages = 16_000
	r := newRebuild(packages, 300, 2*time.Second, rand.New(rand.NewPCG(1, 2)))
	before := heapInUse()
	s := newStory(t, Definition{Packages: r.packages})
	for _, e := range r.events[:len(r.events)/2] {
		s.now = e.ReceivedAt
		s.Observe(e)
	}
	used := heapInUse() - before
	if used > 100<<20 {
		t.Errorf("%d packages take %d MiB", packages, used>>20)
	}
	began := time.Now()
	if got := s.report(t); got.Total != packages || got.End == nil {
		t.Errorf("the report is of %d packages, with end %v", got.Total, got.End)
	}
	took := time.Since(began)
	var text bytes.Buffer
	if err := s.Write(&text); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d MiB, report in %s, %d MiB written", used>>20, took, text.Len()>>20)
	runtime.KeepAlive(r)
}

func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// BenchmarkReport measures the report of 16,000 packages, BenchmarkObserve what an event
// costs.
func BenchmarkReport(b *testing.B) {
	r := newRebuild(16_000, 300, 2*time.Second, rand.New(rand.NewPCG(1, 2)))
	s := newStory(b, Definition{Packages: r.packages})
	for _, e := range r.events[:len(r.events)/2] {
		s.now = e.ReceivedAt
		s.Observe(e)
	}
	for b.Loop() {
		s.report(b)
	}
}

func BenchmarkObserve(b *testing.B) {
	r := newRebuild(16_000, 300, 2*time.Second, rand.New(rand.NewPCG(1, 2)))
	s := newStory(b, Definition{Packages: r.packages})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Observe(r.events[i%len(r.events)])
	}
}
