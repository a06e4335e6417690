package etatext

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/kojiwatch/kojiwatch/estimates/forecast"
	"github.com/kojiwatch/kojiwatch/estimates/live"
)

// document shows programs a forecast. Its names are those of events; facts that are not
// known are left out, as there.
type document struct {
	At       time.Time       `json:"at"`
	Task     *taskObject     `json:"task,omitzero"`
	Build    *buildObject    `json:"build,omitzero"`
	Package  string          `json:"package,omitzero"`
	Target   string          `json:"target,omitzero"`
	State    string          `json:"state,omitzero"`
	Phase    string          `json:"phase,omitzero"`
	Estimate *estimateObject `json:"estimate,omitzero"`
	Children []childObject   `json:"children,omitempty"`
}

type taskObject struct {
	ID          int64     `json:"id"`
	Method      string    `json:"method,omitzero"`
	State       string    `json:"state,omitzero"`
	Label       string    `json:"label,omitzero"`
	Arch        string    `json:"arch,omitzero"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	StartedAt   time.Time `json:"started_at,omitzero"`
	CompletedAt time.Time `json:"completed_at,omitzero"`
}

type buildObject struct {
	ID    int64  `json:"id"`
	NVR   string `json:"nvr,omitzero"`
	State string `json:"state,omitzero"`
}

type childObject struct {
	Task     taskObject      `json:"task"`
	Estimate *estimateObject `json:"estimate,omitzero"`
	Children []childObject   `json:"children,omitempty"`
}

type estimateObject struct {
	StartsAt       time.Time `json:"starts_at,omitzero"`
	CompletionAt   time.Time `json:"completion_at,omitzero"`
	CompletionLow  time.Time `json:"completion_low,omitzero"`
	CompletionHigh time.Time `json:"completion_high,omitzero"`
	Remaining      float64   `json:"remaining,omitzero"`
	Duration       float64   `json:"duration,omitzero"`
	Low            float64   `json:"low,omitzero"`
	High           float64   `json:"high,omitzero"`
	Samples        int       `json:"samples,omitzero"`
	Basis          string    `json:"basis,omitzero"`
	Overdue        bool      `json:"overdue"`
	Ahead          int       `json:"ahead,omitzero"`
	Reason         string    `json:"reason,omitzero"`
	Log            logObject `json:"log,omitzero"`
}

// logObject is how far the log of a running task is.
type logObject struct {
	Size      int64   `json:"size"`
	Share     float64 `json:"share,omitzero"`
	SilentFor float64 `json:"silent_for"`
}

func writeJSON(w io.Writer, a *live.Answer) error {
	text, err := JSON(a)
	if err == nil {
		_, err = fmt.Fprintf(w, "%s\n", text)
	}
	return err
}

// JSON returns a forecast as an object for programs.
func JSON(a *live.Answer) ([]byte, error) {
	out := document{At: utc(a.Now), Package: a.Package, Target: a.Target, State: a.State()}
	if !a.OnlyPackage { // of which nothing runs
		out.Phase = a.Estimate.Phase
	}
	if a.Node != nil {
		task := taskJSON(a.Node)
		out.Task, out.Children = &task, childrenJSON(a.Node, a.Now)
	}
	if a.Build != nil {
		out.Build = &buildObject{a.Build.ID, a.Build.NVR, a.Build.State.String()}
	}
	if !a.Ended() {
		out.Estimate = estimateJSON(&a.Estimate, a.Now)
		if a.OnlyPackage && out.Estimate != nil { // nothing runs: only how long is known
			d := a.Estimate.Duration
			out.Estimate = &estimateObject{Duration: secs(d.Likely), Low: secs(d.Low), High: secs(d.High), Samples: d.Samples, Basis: d.Basis}
		}
	}
	text, err := json.Marshal(&out)
	if err != nil {
		return nil, fmt.Errorf("print the estimate: %w", err)
	}
	return text, nil
}

func taskJSON(n *forecast.Node) taskObject {
	t := &n.Task
	return taskObject{
		ID: t.ID, Method: t.Method, State: t.State.String(), Label: t.Label, Arch: t.Arch,
		CreatedAt: utc(t.Created), StartedAt: utc(t.Started), CompletedAt: utc(t.Ended),
	}
}

func childrenJSON(n *forecast.Node, now time.Time) []childObject {
	var list []childObject
	for _, c := range n.Children {
		child := childObject{Task: taskJSON(c), Children: childrenJSON(c, now)}
		if !c.Task.State.Final() {
			child.Estimate = estimateJSON(&c.Estimate, now)
		}
		list = append(list, child)
	}
	return list
}

// EstimateJSON returns an estimate as an object for programs, nil if nothing is known.
func EstimateJSON(e *forecast.Estimate, now time.Time) ([]byte, error) {
	out := estimateJSON(e, now)
	if out == nil {
		return nil, nil
	}
	return json.Marshal(out)
}

// estimateJSON returns nil if nothing is known.
func estimateJSON(e *forecast.Estimate, now time.Time) *estimateObject {
	if !e.Known() && e.Reason.String() == "" && !e.Duration.Known() {
		return nil
	}
	d := e.Duration
	out := &estimateObject{
		StartsAt: utc(e.StartsAt), CompletionAt: utc(e.CompletionAt), CompletionLow: utc(e.Low), CompletionHigh: utc(e.High),
		Duration: secs(d.Likely), Low: secs(d.Low), High: secs(d.High), Samples: d.Samples, Basis: d.Basis,
		Overdue: e.Overdue, Ahead: e.Ahead, Reason: e.Reason.String(),
	}
	if l := &e.Log; l.Known() {
		out.Log = logObject{l.Size, math.Round(100*l.Share) / 100, secs(l.SilentFor)}
	}
	if e.Known() {
		out.Remaining = secs(e.CompletionAt.Sub(now))
	}
	return out
}

// utc truncates a time to microseconds, as events have it.
func utc(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func secs(d time.Duration) float64 { return float64(d.Milliseconds()) / 1e3 }
