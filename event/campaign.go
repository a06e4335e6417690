package event

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Step is what a campaign has reached.
type Step string

// The steps of a campaign.
const (
	StepStarted      Step = "started"
	StepQuarter      Step = "25"      // of all packages are done or have failed, in percent
	StepHalf         Step = "50"      // likewise
	StepThreeQuarter Step = "75"      // likewise
	StepFailure      Step = "failure" // a package failed by a kind of cause that is new
	StepDone         Step = "done"
	StepStopped      Step = "stopped" // by people
	StepDigest       Step = "digest"  // a day has passed
)

// Steps returns every step.
func Steps() []Step {
	return []Step{
		StepStarted, StepQuarter, StepHalf, StepThreeQuarter, StepFailure, StepDone, StepStopped, StepDigest,
	}
}

// Campaign says how far a campaign is: a named set of builds, such as a mass rebuild.
type Campaign struct {
	// The name of the campaign.
	Name string `json:"name" schema:"required" example:"f44-rebuild"`
	// What it has reached: it was started, 25, 50 or 75 percent of its packages are done
	// or have failed, a kind of failure is new, all are done or have failed, it was
	// stopped, or a day has passed. More may come.
	Step Step `json:"step" schema:"required" example:"failure"`
	// The kind of failure that is new, if the step is failure.
	Kind string `json:"kind" example:"compile"`
	// When it was started.
	StartedAt time.Time `json:"started_at" example:"2026-11-21T07:31:00.123456Z"`
	// When it reached the step.
	At time.Time `json:"at" example:"2026-11-22T07:31:00.123456Z"`
	// How many packages belong to it; those that have begun if it has no list.
	Total koji.Opt[int64] `json:"total" schema:"minimum=0" example:"16000"`
	// How many percent of them are done or have failed.
	Percent koji.Opt[int64] `json:"percent" schema:"minimum=0" example:"47"`
	// How many have not begun.
	ToDo koji.Opt[int64] `json:"to_do" schema:"minimum=0" example:"8011"`
	// How many wait for a host.
	Waiting koji.Opt[int64] `json:"waiting" schema:"minimum=0" example:"181"`
	// How many run.
	Running koji.Opt[int64] `json:"running" schema:"minimum=0" example:"288"`
	// How many were built.
	Done koji.Opt[int64] `json:"done" schema:"minimum=0" example:"7400"`
	// How many failed or were canceled in their newest attempt.
	Failed koji.Opt[int64] `json:"failed" schema:"minimum=0" example:"120"`
	// When all will most likely be done or have failed.
	CompletionAt time.Time `json:"completion_at" example:"2026-11-23T14:32:00.123456Z"`
	// The lower bound of the interval that contains it in 80 % of cases.
	CompletionLow time.Time `json:"completion_low" example:"2026-11-23T11:10:00.123456Z"`
	// The upper bound of that interval.
	CompletionHigh time.Time `json:"completion_high" example:"2026-11-23T19:05:00.123456Z"`
	// By what packages failed, the most frequent kinds first; at most 20.
	Causes []Cause `json:"causes" schema:"required"`
}

// Cause is a kind of failure, and what failed by it.
type Cause struct {
	// The kind: one of those of failure, canceled or unknown.
	Kind string `json:"kind" schema:"required" example:"compile"`
	// How many packages failed by it.
	Count int `json:"count" schema:"required" example:"38"`
	// The first ten of them by name.
	Packages []string `json:"packages" example:"0ad aalib"`
}
