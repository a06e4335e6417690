package answers

import (
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

type repoRow struct {
	ID          int64          `xmlrpc:"id"`
	TagID       int64          `xmlrpc:"tag_id"`
	TagName     string         `xmlrpc:"tag_name"`
	State       int            `xmlrpc:"state"`
	StateAt     *string        `xmlrpc:"state_time"`
	StateTS     *float64       `xmlrpc:"state_ts"`
	TaskID      any            `xmlrpc:"task_id"`
	TaskState   any            `xmlrpc:"task_state"`
	Dist        bool           `xmlrpc:"dist"`
	Opts        map[string]any `xmlrpc:"opts"`
	CustomOpts  map[string]any `xmlrpc:"custom_opts"`
	BeginEvent  any            `xmlrpc:"begin_event"`
	BeginTS     *float64       `xmlrpc:"begin_ts"`
	EndEvent    any            `xmlrpc:"end_event"`
	EndTS       *float64       `xmlrpc:"end_ts"`
	CreateEvent any            `xmlrpc:"create_event"`
	CreateTS    *float64       `xmlrpc:"create_ts"`
	CreationAt  *string        `xmlrpc:"creation_time"`
	CreationTS  *float64       `xmlrpc:"creation_ts"`
}

func repoInfo(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("repo_id")
	if info == nil {
		return nil, nil
	}
	id, err := taskID(info)
	if err != nil {
		return nil, err
	}
	return Must(c.DB.repos.ByID[id], func(r *dataset.Repo) any { return c.DB.repoRow(r) }, a.Truth("strict"), errNoRows())
}

func (s *Snapshot) repoRow(r *dataset.Repo) repoRow {
	row := repoRow{
		ID: r.ID, TagID: s.Tags.ByName[r.Tag].ID, TagName: r.Tag, Dist: r.Dist,
		State: koji.RepoStateNamed(r.State).Number(), StateAt: Text(r.StateTime), StateTS: Stamp(r.StateTime),
		TaskID: python.OrNil(r.Task), Opts: orEmpty(r.Opts), CustomOpts: orEmpty(r.CustomOpts),
		BeginEvent: python.OrNil(r.BeginEvent), BeginTS: s.eventTS(r.BeginEvent),
		EndEvent: python.OrNil(r.EndEvent), EndTS: s.eventTS(r.EndEvent),
		CreateEvent: python.OrNil(r.CreateEvent), CreateTS: s.eventTS(r.CreateEvent),
		CreationAt: Text(r.Created), CreationTS: Stamp(r.Created),
	}
	if t := s.Tasks.ByID[r.Task]; t != nil {
		row.TaskState = t.StateNumber()
	}
	return row
}

func (s *Snapshot) eventTS(id int64) *float64 {
	if e := s.events.ByID[id]; e != nil {
		return Stamp(e.Time)
	}
	return nil
}

func orEmpty(m map[string]any) map[string]any {
	if m == nil {
		return map[string]any{}
	}
	return m
}

type rpmRow struct {
	ID           int64  `xmlrpc:"id"`
	Name         string `xmlrpc:"name"`
	Version      string `xmlrpc:"version"`
	Release      string `xmlrpc:"release"`
	Arch         string `xmlrpc:"arch"`
	Epoch        *int64 `xmlrpc:"epoch"`
	Draft        bool   `xmlrpc:"draft"`
	PayloadHash  string `xmlrpc:"payloadhash"`
	Size         int64  `xmlrpc:"size"`
	BuildTime    int64  `xmlrpc:"buildtime"`
	BuildID      int64  `xmlrpc:"build_id"`
	BuildrootID  any    `xmlrpc:"buildroot_id"`
	RepoID       int64  `xmlrpc:"external_repo_id"`
	RepoName     string `xmlrpc:"external_repo_name"`
	MetadataOnly bool   `xmlrpc:"metadata_only"`
	Extra        any    `xmlrpc:"extra"`
}

// rpmListRow is an RPM as listRPMs gives it.
type rpmListRow struct {
	rpmRow
	NVR string `xmlrpc:"nvr"`
}

func newRPMRow(r *dataset.RPM) rpmRow {
	return rpmRow{
		ID: r.ID, Name: r.Name, Version: r.Version, Release: r.Release, Arch: r.Arch, Epoch: r.Epoch,
		PayloadHash: r.PayloadHash, Size: r.Size, BuildTime: r.BuildTime, BuildID: r.Build,
		BuildrootID: python.OrNil(r.Buildroot), RepoName: "INTERNAL",
	}
}

func getRPM(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("rpminfo")
	if _, ok := info.(map[string]any); ok || python.Truth(a.Get("multi")) {
		return nil, notModelled("getRPM by a struct, or of several")
	}
	for i := range c.DB.Data.RPMs {
		r := &c.DB.Data.RPMs[i]
		if info == r.ID || info == r.Name+"-"+r.Version+"-"+r.Release+"."+r.Arch {
			return newRPMRow(r), nil
		}
	}
	if a.Truth("strict") {
		return nil, python.GenericError("No such rpm: %s", python.Repr(info))
	}
	return nil, nil
}

func listRPMs(c *Reader, a *python.Arguments) (any, error) {
	build, ok := a.Get("buildID").(int64)
	if !ok {
		return nil, notModelled("listRPMs without buildID")
	}
	var rows []rpmListRow
	for i := range c.DB.Data.RPMs {
		if r := &c.DB.Data.RPMs[i]; r.Build == build {
			rows = append(rows, rpmListRow{newRPMRow(r), r.Name + "-" + r.Version + "-" + r.Release})
		}
	}
	return answer(newQuery(a.Get("queryOpts")), rows)
}

type archiveRow struct {
	ID           int64          `xmlrpc:"id"`
	BuildID      int64          `xmlrpc:"build_id"`
	BType        string         `xmlrpc:"btype"`
	BTypeID      int64          `xmlrpc:"btype_id"`
	TypeID       int64          `xmlrpc:"type_id"`
	TypeName     string         `xmlrpc:"type_name"`
	TypeDesc     string         `xmlrpc:"type_description"`
	TypeExts     string         `xmlrpc:"type_extensions"`
	Compression  any            `xmlrpc:"compression_type"`
	Filename     string         `xmlrpc:"filename"`
	Size         int64          `xmlrpc:"size"`
	Checksum     string         `xmlrpc:"checksum"`
	ChecksumType int64          `xmlrpc:"checksum_type"`
	BuildrootID  any            `xmlrpc:"buildroot_id"`
	MetadataOnly bool           `xmlrpc:"metadata_only"`
	Extra        map[string]any `xmlrpc:"extra"`
}

func listArchives(c *Reader, a *python.Arguments) (any, error) {
	build, ok := a.Get("buildID").(int64)
	if !ok {
		return nil, notModelled("listArchives without buildID")
	}
	var rows []archiveRow
	for _, f := range c.DB.Data.Archives {
		if f.Build == build && (a.Get("type") == nil || a.Get("type") == f.BType) {
			rows = append(rows, archiveRow{
				ID: f.ID, BuildID: f.Build, BType: f.BType, BTypeID: f.BTypeID, TypeID: f.Type.ID,
				TypeName: f.Type.Name, TypeDesc: f.Type.Description, TypeExts: f.Type.Extensions,
				Compression: python.OrNil(f.Compression), Filename: f.Filename, Size: f.Size, Checksum: f.Checksum,
				ChecksumType: f.ChecksumType, BuildrootID: python.OrNil(f.Buildroot), Extra: f.Extra,
			})
		}
	}
	return answer(newQuery(a.Get("queryOpts")), rows)
}
