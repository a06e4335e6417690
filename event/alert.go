package event

import "time"

// AlertState says whether something is still wrong.
type AlertState string

// The states of an alert.
const (
	AlertFiring   AlertState = "firing"
	AlertResolved AlertState = "resolved"
)

// Severity says how much an alert matters.
type Severity string

// The severities.
const (
	SeverityWarning  Severity = "warning"  // one task or package is affected
	SeverityCritical Severity = "critical" // the work of many people stands still or is lost
)

// Alert says what is wrong with the build system.
type Alert struct {
	// The same for all events about the same problem, so that receivers can take them
	// together: the kind, and what the alert is about.
	Key string `json:"key" schema:"required" example:"host-silent/buildvm-07"`
	// Whether the alert begins or has ended.
	State AlertState `json:"state" schema:"required" example:"firing"`
	// The kind of alert, such as host-silent. More may come.
	Kind string `json:"kind" schema:"required" example:"host-silent"`
	// How much it matters.
	Severity Severity `json:"severity" schema:"required" example:"critical"`
	// When kojiwatch found out.
	Since time.Time `json:"since" example:"2026-11-22T07:31:00.123456Z"`
	// When the alert ended.
	Until time.Time `json:"until" example:"2026-11-22T08:31:00.123456Z"`
	// A sentence that says from what kojiwatch concludes it.
	Evidence string `json:"evidence" example:"buildArch 1235 was assigned to buildvm-07 4 min ago and has not begun."`
	// A sentence that says what can be done.
	Remedy string `json:"remedy" example:"See whether kojid runs there."`
	// The task that it is about.
	Task int64 `json:"task" example:"1235"`
	// The builder that it is about, or that runs the task.
	Host string `json:"host" example:"buildvm-07"`
	// The channel whose tasks it is about.
	Channel string `json:"channel" example:"default"`
	// The arch whose tasks it is about.
	Arch string `json:"arch" example:"s390x"`
	// The name of the build target that it is about.
	Target string `json:"target" example:"f44-candidate"`
	// The name of the tag that it is about.
	Tag string `json:"tag" example:"f44-build"`
}
