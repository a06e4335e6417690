package event

import (
	"github.com/kojiwatch/kojiwatch/koji"
)

type taskReading struct {
	ID          int64      `json:"id"`
	Parent      int64      `json:"parent"`
	Method      string     `json:"method"`
	State       string     `json:"state"`
	Package     string     `json:"package"`
	NVR         string     `json:"nvr"`
	Source      string     `json:"source"`
	Scratch     *bool      `json:"scratch"`
	Arch        string     `json:"arch"`
	Arches      []string   `json:"arches"`
	Label       string     `json:"label"`
	Tag         refReading `json:"tag"`
	Target      string     `json:"target"`
	BuildID     int64      `json:"build_id"`
	Owner       refReading `json:"owner"`
	Channel     refReading `json:"channel"`
	Host        refReading `json:"host"`
	Priority    *int64     `json:"priority"`
	Weight      *float64   `json:"weight"`
	CreatedAt   moment     `json:"created_at"`
	StartedAt   moment     `json:"started_at"`
	CompletedAt moment     `json:"completed_at"`
	URL         string     `json:"url"`
}

// task is the task; what its request and its result said is all in the request,
// since the JSON does not tell which it was.
func (r *taskReading) task() *koji.Task {
	if r == nil {
		return nil
	}
	return &koji.Task{
		ID: r.ID, Parent: r.Parent, Method: r.Method, State: koji.TaskStateNamed(r.State), Label: r.Label,
		Arch: r.Arch, Owner: koji.Ref(r.Owner), Channel: koji.Ref(r.Channel), Host: koji.Ref(r.Host),
		Priority: known(r.Priority), Weight: known(r.Weight),
		Created: r.CreatedAt.time(), Started: r.StartedAt.time(), Ended: r.CompletedAt.time(), URL: r.URL,
		Request: koji.Request{
			Package: r.Package, NVR: r.NVR, Source: r.Source, Scratch: known(r.Scratch), Arches: r.Arches,
			Tag: koji.Ref(r.Tag), Target: koji.Ref{Name: r.Target}, BuildID: r.BuildID,
		},
	}
}

type buildReading struct {
	ID          int64      `json:"id"`
	NVR         string     `json:"nvr"`
	Name        string     `json:"name"`
	Version     string     `json:"version"`
	Release     string     `json:"release"`
	Epoch       *int64     `json:"epoch"`
	State       string     `json:"state"`
	Owner       refReading `json:"owner"`
	Submitter   string     `json:"submitter"`
	TaskID      int64      `json:"task_id"`
	Source      string     `json:"source"`
	Draft       *bool      `json:"draft"`
	Volume      string     `json:"volume"`
	CG          string     `json:"cg"`
	Types       []string   `json:"types"`
	Tags        []string   `json:"tags"`
	Target      string     `json:"target"`
	CreatedAt   moment     `json:"created_at"`
	StartedAt   moment     `json:"started_at"`
	CompletedAt moment     `json:"completed_at"`
	URL         string     `json:"url"`
}

func (r *buildReading) build() *koji.Build {
	if r == nil {
		return nil
	}
	return &koji.Build{
		ID: r.ID, NVR: r.NVR, Name: r.Name, Version: r.Version, Release: r.Release, Epoch: known(r.Epoch),
		State: koji.BuildStateNamed(r.State), Owner: koji.Ref(r.Owner), Submitter: r.Submitter, TaskID: r.TaskID,
		Source: r.Source, Draft: known(r.Draft), Volume: r.Volume, CG: r.CG, Types: r.Types, Tags: r.Tags,
		Target: r.Target, Created: r.CreatedAt.time(), Started: r.StartedAt.time(), Ended: r.CompletedAt.time(), URL: r.URL,
	}
}

type repoReading struct {
	ID      int64      `json:"id"`
	Tag     refReading `json:"tag"`
	TaskID  int64      `json:"task_id"`
	Dist    *bool      `json:"dist"`
	Expired *bool      `json:"expired"`
	URL     string     `json:"url"`
}

func (r *repoReading) repo() *Repo {
	if r == nil {
		return nil
	}
	return &Repo{
		Repo:    koji.Repo{ID: r.ID, Tag: koji.Ref(r.Tag), TaskID: r.TaskID, Dist: known(r.Dist), URL: r.URL},
		Expired: known(r.Expired),
	}
}

type rpmReading struct {
	ID      int64  `json:"id"`
	Name    string `json:"name"`
	Version string `json:"version"`
	Release string `json:"release"`
	Epoch   *int64 `json:"epoch"`
	Arch    string `json:"arch"`
	SigKey  string `json:"sigkey"`
}

func (r *rpmReading) rpm() *RPM {
	if r == nil {
		return nil
	}
	return &RPM{
		RPM: koji.RPM{
			ID: r.ID, Name: r.Name, Version: r.Version, Release: r.Release, Epoch: known(r.Epoch), Arch: r.Arch,
		},
		SigKey: r.SigKey,
	}
}

type estimateReading struct {
	StartsAt     moment   `json:"starts_at"`
	CompletionAt moment   `json:"completion_at"`
	Remaining    *float64 `json:"remaining"`
	Duration     *float64 `json:"duration"`
	Low          *float64 `json:"low"`
	High         *float64 `json:"high"`
	Samples      int      `json:"samples"`
	Basis        string   `json:"basis"`
	Overdue      bool     `json:"overdue"`
}

func (r *estimateReading) estimate() *Estimate {
	if r == nil {
		return nil
	}
	return &Estimate{
		StartsAt: r.StartsAt.time(), CompletionAt: r.CompletionAt.time(), Remaining: optDuration(r.Remaining),
		Duration: optDuration(r.Duration), Low: optDuration(r.Low), High: optDuration(r.High),
		Samples: r.Samples, Basis: r.Basis, Overdue: r.Overdue,
	}
}
