package live

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Answer is the state and the forecast of a task, build or package.
type Answer struct {
	Now         time.Time
	Node        *forecast.Node // nil: there is no task
	Build       *koji.Build    // nil: there is no build
	Package     string         // the package's name; "" if there is none
	Target      string
	Estimate    forecast.Estimate
	OnlyPackage bool // asked about a package, nothing runs
	Daemon      bool // the estimate is that of a running daemon
}

// State returns the state of the task, or else of the build.
func (a *Answer) State() string {
	switch {
	case a.Node != nil:
		return a.Node.Task.State.String()
	case a.Build != nil:
		return a.Build.State.String()
	}
	return ""
}

// Ended reports whether the task, or else the build, has ended.
func (a *Answer) Ended() bool {
	if a.Node != nil {
		return a.Node.Task.State.Final()
	}
	return a.Build != nil && a.Build.State.Final()
}
