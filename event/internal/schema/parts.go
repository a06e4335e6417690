// Package schema declares the objects of the event's JSON whose values are types of package
// koji, which does not depend on events. event/internal/gen reads its source; no package
// imports it.
//
// Each field is a member, and its comment is the description; id and url need none. The tag
// from names the field or method of the koji type that the member is written from, and the
// tag to the field that it is read into. Without from, the field of the same name is used
// for both. With from but without to, the member is not read, since it follows from others.
package schema

import (
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// Task is a [koji.Task]. Facts of the request and of the result are all read into the
// request, since the JSON does not distinguish them.
type Task struct {
	ID int64 `json:"id" schema:"required" example:"1234"`
	// The parent task; absent for a top-level task.
	Parent int64 `json:"parent" example:"1200"`
	// Koji's name for the kind of work.
	Method string `json:"method" example:"buildArch"`
	// The state after the event.
	State koji.TaskState `json:"state" example:"CLOSED"`
	// The package that the task works on; a guess if the request only has an SCM URL.
	Package string `json:"package" from:"Package()" to:"Request.Package" example:"python3"`
	// Name-version-release, if the request or the result names a source RPM, a build or an image.
	NVR string `json:"nvr" from:"NVR()" to:"Request.NVR" example:"python3-3.14.0-1.fc44"`
	// SCM URL, without credentials, or the path of a source RPM.
	Source string `json:"source" from:"Source()" to:"Request.Source" example:"git+https://src.example.com/python3#1"`
	// Whether it belongs to a scratch build. Absent if only the parent task says so.
	Scratch koji.Opt[bool] `json:"scratch" from:"Scratch()" to:"Request.Scratch" example:"false"`
	// The arch it works for, else the arch it is scheduled by.
	Arch string `json:"arch" from:"WorkArch()" to:"Arch" example:"x86_64"`
	// All arches it works for.
	Arches []string `json:"arches" from:"Arches()" to:"Request.Arches" example:"x86_64"`
	// What distinguishes it from its siblings: an arch, srpm, tag.
	Label string `json:"label" example:"x86_64"`
	// The tag, if the request names it.
	Tag koji.Ref `json:"tag" from:"Tag()" to:"Request.Tag" example:"197 f44-build"`
	// Name of the build target.
	Target string `json:"target" from:"Target().Name" to:"Request.Target.Name" example:"f44-candidate"`
	// The build it made, else the build it works on.
	BuildID int64 `json:"build_id" from:"BuildID()" to:"Request.BuildID" example:"77"`
	// The user who requested it.
	Owner koji.Ref `json:"owner" example:"5 alice"`
	// The channel that it is scheduled in.
	Channel koji.Ref `json:"channel" example:"1 default"`
	// The builder that runs it.
	Host koji.Ref `json:"host" example:"3 buildvm-01"`
	// The priority; lower runs first.
	Priority koji.Opt[int64] `json:"priority" example:"20"`
	// Its share of a host's capacity.
	Weight koji.Opt[float64] `json:"weight" example:"1.5"`
	// When it was created.
	CreatedAt time.Time `json:"created_at" from:"Created" to:"Created" example:"2026-11-22T06:31:00.123456Z"`
	// When it was last opened. A task that was freed keeps the time of its earlier run.
	StartedAt time.Time `json:"started_at" from:"Started" to:"Started" example:"2026-11-22T07:01:00.123456Z"`
	// When it was closed, failed or canceled.
	CompletedAt time.Time `json:"completed_at" from:"Ended" to:"Ended" example:"2026-11-22T07:30:59.123456Z"`
	// Seconds from start to end.
	Duration koji.Opt[time.Duration] `json:"duration" from:"Duration()" schema:"minimum=0" example:"1799"`
	URL      string                  `json:"url" example:"https://koji.example.com/koji/taskinfo?taskID=1234"`
}

// Build is a [koji.Build].
type Build struct {
	ID int64 `json:"id" example:"77"`
	// Name-version-release.
	NVR string `json:"nvr" example:"python3-3.14.0-1.fc44"`
	// Name of the package.
	Name string `json:"name" example:"python3"`
	// The package's version.
	Version string `json:"version" example:"3.14.0"`
	// The package's release.
	Release string `json:"release" example:"1.fc44"`
	// The epoch; also absent if the build has none.
	Epoch koji.Opt[int64] `json:"epoch" example:"0"`
	// The state after the event.
	State koji.BuildState `json:"state" example:"COMPLETE"`
	// The user who started it.
	Owner koji.Ref `json:"owner" example:"5 alice"`
	// The account that imported it, if a content generator such as OSBS names it.
	Submitter string `json:"submitter" example:"carol"`
	// The task that made it.
	TaskID int64 `json:"task_id" example:"1200"`
	// SCM URL, without credentials, or the name of a source RPM.
	Source string `json:"source" example:"git+https://src.example.com/python3#aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"`
	// The revision of the source, if it is a git commit.
	GitHash string `json:"git_hash" from:"GitHash()" schema:"pattern=^([0-9a-f]{40}|[0-9a-f]{64})$" example:"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"`
	// Whether it is a draft build.
	Draft koji.Opt[bool] `json:"draft" example:"false"`
	// Name of the storage volume it is on.
	Volume string `json:"volume" example:"DEFAULT"`
	// The content generator that imported it.
	CG string `json:"cg" example:"osbs"`
	// What it contains: rpm, image, module and others; known once it is complete.
	Types []string `json:"types" example:"rpm image"`
	// Names of the tags it is in.
	Tags []string `json:"tags" example:"f44"`
	// Name of the target it was built for.
	Target string `json:"target" example:"f44-candidate"`
	// When it was created.
	CreatedAt time.Time `json:"created_at" from:"Created" to:"Created" example:"2026-11-22T06:31:00.123456Z"`
	// When it was started.
	StartedAt time.Time `json:"started_at" from:"Started" to:"Started" example:"2026-11-22T06:31:00.123456Z"`
	// When it was completed, failed or canceled.
	CompletedAt time.Time `json:"completed_at" from:"Ended" to:"Ended" example:"2026-11-22T07:31:00.123456Z"`
	// Seconds from its start, else its creation, to its end.
	Duration koji.Opt[time.Duration] `json:"duration" from:"Duration()" schema:"minimum=0" example:"3600"`
	URL      string                  `json:"url" example:"https://koji.example.com/koji/buildinfo?buildID=77"`
}

// Repo is an event.Repo: a [koji.Repo] and what an event adds.
type Repo struct {
	ID int64 `json:"id" schema:"required" example:"12"`
	// The tag whose builds it contains.
	Tag koji.Ref `json:"tag" example:"197 f44-build"`
	// The task that makes it.
	TaskID int64 `json:"task_id" example:"99"`
	// Whether it is made for use outside of the build system.
	Dist koji.Opt[bool] `json:"dist" example:"false"`
	// Whether it was already out of date when it was done.
	Expired koji.Opt[bool] `json:"expired" example:"false"`
	URL     string         `json:"url" example:"https://koji.example.com/koji/repoinfo?repoID=12"`
}

// RPM is an event.RPM: a [koji.RPM] and what an event adds.
type RPM struct {
	ID int64 `json:"id" example:"8"`
	// Name of the RPM.
	Name string `json:"name" schema:"required" example:"python3"`
	// The RPM's version.
	Version string `json:"version" example:"3.14.0"`
	// The RPM's release.
	Release string `json:"release" example:"1.fc44"`
	// The epoch; also absent if the RPM has none.
	Epoch koji.Opt[int64] `json:"epoch" example:"1"`
	// src or nosrc for a source RPM.
	Arch string `json:"arch" example:"x86_64"`
	// Id of the key that signed it.
	SigKey string `json:"sigkey" example:"abcd1234"`
}
