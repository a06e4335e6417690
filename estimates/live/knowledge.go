package live

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// knowledge is what the hub has answered about earlier runs of packages and methods.
type knowledge struct {
	more     []question // what answers have led to
	packages map[string]*packagePast
	methods  map[string][]koji.Task
}

type packagePast struct {
	average time.Duration
	builds  []forecast.Tree
}

func newKnowledge() knowledge {
	return knowledge{packages: map[string]*packagePast{}, methods: map[string][]koji.Task{}}
}

// Limits on the requests about earlier runs of many tasks. For packages beyond, only the hub's
// average is read, which is one call.
const (
	pastPackages = 8
	pastAverages = 200
)

// wants returns the questions that an answer needs and that have not been asked yet.
func (k *knowledge) wants(a *Answer) []question {
	questions := k.more
	k.more = nil
	if _, asked := k.packages[a.Package]; !asked && a.Package != "" && len(k.packages) < pastAverages {
		questions = append(questions, k.askPackage(a.Package, len(k.packages) < pastPackages))
	}
	for _, method := range methodsOf(a) {
		if _, asked := k.methods[method]; !asked && len(k.methods) < pastMethods {
			questions = append(questions, k.askMethod(method))
		}
	}
	return questions
}

// askPackage asks for the average of a package and, if there is room, for its last builds
// with their tasks, for which another question is needed.
func (k *knowledge) askPackage(pkg string, closely bool) question {
	past := &packagePast{}
	k.packages[pkg] = past
	return func(b *kojirpc.Batch) func() {
		average := b.GetAverageBuildDuration(kojirpc.Name(pkg), 0)
		var last *kojirpc.Result[[]koji.Build]
		if closely {
			last = askBuilds(b, pkg)
		}
		return func() {
			if d, err := average.Get(); err == nil {
				past.average = d.Value
			}
			if last == nil {
				return
			}
			if builds, err := last.Get(); err == nil {
				k.more = append(k.more, func(b *kojirpc.Batch) func() {
					take := askTrees(b, builds)
					return func() { past.builds = take() }
				})
			}
		}
	}
}

func (k *knowledge) askMethod(method string) question {
	k.methods[method] = nil
	return func(b *kojirpc.Batch) func() {
		r := askRuns(b, method)
		return func() {
			if list, err := r.Get(); err == nil {
				k.methods[method] = list
			}
		}
	}
}

// of returns the earlier runs for the forecast of an answer.
func (k *knowledge) of(a *Answer) *forecast.LastRuns {
	past := &forecast.LastRuns{}
	if p := k.packages[a.Package]; p != nil {
		past.Builds, past.Average = p.builds, p.average
	}
	for _, method := range methodsOf(a) {
		past.Tasks = append(past.Tasks, k.methods[method]...)
	}
	return past
}

// Run implements queue.Runs.
func (k *knowledge) Run(t *koji.Task) time.Duration {
	p := k.packages[t.Package()]
	if p == nil {
		return 0
	}
	past := forecast.LastRuns{Builds: p.builds, Average: p.average}
	return past.Run(t, nil).Likely
}
