package sentinel

import (
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Kind says what is wrong. It is what a configuration switches on.
type Kind string

// The kinds of alerts.
const (
	// TaskOverdue: a task has run for longer than 99 of 100 such tasks do, and its log
	// has stopped growing.
	TaskOverdue Kind = "task-overdue"
	// TaskFreed: a task was given back to the queue again and again.
	TaskFreed Kind = "task-freed"
	// TaskWaiting: tasks that should start after a task have started before it.
	TaskWaiting Kind = "task-waiting"
	// QueueStalled: tasks wait in a channel for an arch, and no host works for them.
	QueueStalled Kind = "queue-stalled"
	// HostFailing: tasks fail on a host far more often than on its siblings.
	HostFailing Kind = "host-failing"
	// HostSlow: tasks take far longer on a host than expected, on its siblings they don't.
	HostSlow Kind = "host-slow"
	// HostSilent: a host does not begin the tasks assigned to it, does not end those it has
	// begun, or loses them.
	HostSilent Kind = "host-silent"
	// RepoStale: the repository of a tag is not regenerated while builds need it.
	RepoStale Kind = "repo-stale"
	// TargetFailing: the builds for a target suddenly fail.
	TargetFailing Kind = "target-failing"
)

// Kinds returns all kinds.
func Kinds() []Kind {
	return []Kind{
		TaskOverdue, TaskFreed, TaskWaiting, QueueStalled, HostFailing, HostSlow, HostSilent, RepoStale, TargetFailing,
	}
}

// Severity says how much an alert matters.
type Severity string

// The severities.
const (
	Warning  Severity = "warning"  // one task or package is affected
	Critical Severity = "critical" // work of many people stands still or is lost
)

// severity returns the severity of a kind's alerts.
func (k Kind) severity() Severity {
	switch k {
	case QueueStalled, HostSilent, HostFailing, TargetFailing, RepoStale:
		return Critical
	}
	return Warning
}

// Subject is what an alert is about. Two alerts of the same kind about the same subject
// are the same alert. Fields that do not matter for the kind are empty.
type Subject struct {
	Task    int64
	Host    string
	Channel string
	Arch    string
	Target  string
	Tag     string
}

// String returns the parts of the subject that matter, with slashes between them.
func (s *Subject) String() string {
	var parts []string
	if s.Task != 0 {
		parts = append(parts, strconv.FormatInt(s.Task, 10))
	}
	for _, part := range []string{s.Host, s.Channel, s.Arch, s.Target, s.Tag} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, "/")
}

// Alert reports that something is wrong, or no longer is.
type Alert struct {
	Kind     Kind
	Severity Severity
	Subject  Subject
	// Resolved is set when the alert has ended.
	Resolved bool
	// Since is when the sentinel found out, Until when the alert ended.
	Since, Until time.Time
	// Evidence is what the alert is concluded from, Remedy what to do: a sentence each.
	Evidence, Remedy string
	// Host is where the task of the subject runs, if it does.
	Host string
	// Tasks are some of the tasks concerned.
	Tasks []koji.Ref
}
