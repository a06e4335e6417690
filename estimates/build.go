package estimates

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/koji"
)

// recordRun describes the time from the creation of a build's record to the import as a run.
func recordRun(b *koji.Build) history.Run {
	return history.Run{Method: "build record", Package: b.Name, Target: b.Target}
}

// ObserveBuild takes in what an event says of a build. Only what the builders make
// teaches: what is imported, as content generators do, was built elsewhere.
func (e *Estimator) ObserveBuild(b *koji.Build, at time.Time) { e.observeBuild(b, at, true) }

// ObserveBuildAgain is [Estimator.ObserveAgain] for builds.
func (e *Estimator) ObserveBuildAgain(b *koji.Build, at time.Time) { e.observeBuild(b, at, false) }

func (e *Estimator) observeBuild(b *koji.Build, at time.Time, teaches bool) {
	if b.ID == 0 || b.CG != "" || !b.State.Final() {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.builds.has(b.ID) {
		return
	}
	if took := b.Duration(); b.State == koji.BuildComplete && took.Known {
		if r := recordRun(b); teaches {
			e.past.Learn(&r, took.Value, at)
		}
		e.learnMean(b.Name, took.Value)
	}
	g, _ := e.building.Get(b.ID)
	e.builds.put(b.ID, g)
}

// Build returns the estimate of when a build will be imported, as of now. For a build that has
// ended it returns the last estimate. It is false if nothing is known.
func (e *Estimator) Build(b *koji.Build, now time.Time) (forecast.Estimate, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if b.State.Final() || e.builds.has(b.ID) {
		g, _ := e.builds.estimates.Get(b.ID)
		return g.last.forecast()
	}
	started := later(b.Created, b.Started)
	if b.State != koji.BuildBuilding || started.IsZero() {
		return forecast.Estimate{}, false
	}
	past := pastRuns{e: e, now: now}
	r := recordRun(b)
	est := forecast.Running(past.expect(&r), started, now)
	if est.Known() {
		e.building.Put(b.ID, estimateLog{last: pack(&est, started, now)})
	}
	return est, est.Known()
}
