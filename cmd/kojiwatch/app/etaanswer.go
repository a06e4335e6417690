package app

import (
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/koji"
)

// etaAnswer is what is known of a task, build or package at a moment.
type etaAnswer struct {
	now      time.Time
	node     *forecast.Node // nil: there is no task
	build    *koji.Build    // nil: there is no build
	pkg      string         // the package's name; "" if there is none
	target   string
	estimate forecast.Estimate
	onlyPkg  bool // asked about a package, nothing runs
}

// state is that of the task, else of the build.
func (a *etaAnswer) state() string {
	switch {
	case a.node != nil:
		return a.node.Task.State.String()
	case a.build != nil:
		return a.build.State.String()
	}
	return ""
}

func (a *etaAnswer) ended() bool {
	if a.node != nil {
		return a.node.Task.State.Final()
	}
	return a.build != nil && a.build.State.Final()
}
