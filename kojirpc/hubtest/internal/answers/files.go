package answers

import (
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

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

func (s *Snapshot) repoRow(r *dataset.Repo) map[string]any {
	o := map[string]any{
		"id": r.ID, "tag_id": s.Tags.ByName[r.Tag].ID, "tag_name": r.Tag, "dist": r.Dist,
		"state": koji.RepoStateNamed(r.State).Number(), "state_time": Text(r.StateTime), "state_ts": Stamp(r.StateTime),
		"task_id": python.OrNil(r.Task), "task_state": nil, "opts": orEmpty(r.Opts), "custom_opts": orEmpty(r.CustomOpts),
		"begin_event": python.OrNil(r.BeginEvent), "begin_ts": s.eventTS(r.BeginEvent),
		"end_event": python.OrNil(r.EndEvent), "end_ts": s.eventTS(r.EndEvent),
		"create_event": python.OrNil(r.CreateEvent), "create_ts": s.eventTS(r.CreateEvent),
		"creation_time": Text(r.Created), "creation_ts": Stamp(r.Created),
	}
	if t := s.Tasks.ByID[r.Task]; t != nil {
		o["task_state"] = t.StateNumber()
	}
	return o
}

func (s *Snapshot) eventTS(id int64) any {
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

func rpmRow(r *dataset.RPM) row {
	return row{
		{"id", r.ID}, {"name", r.Name}, {"version", r.Version}, {"release", r.Release}, {"arch", r.Arch},
		{"epoch", python.Deref(r.Epoch)}, {"draft", false}, {"payloadhash", r.PayloadHash}, {"size", r.Size},
		{"buildtime", r.BuildTime}, {"build_id", r.Build}, {"buildroot_id", python.OrNil(r.Buildroot)},
		{"external_repo_id", 0}, {"external_repo_name", "INTERNAL"}, {"metadata_only", false}, {"extra", nil},
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
			return rpmRow(r).object(), nil
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
	var rows []row
	for i := range c.DB.Data.RPMs {
		if r := &c.DB.Data.RPMs[i]; r.Build == build {
			rows = append(rows, append(rpmRow(r), column{"nvr", r.Name + "-" + r.Version + "-" + r.Release}))
		}
	}
	return answer(newQuery(a.Get("queryOpts")), rows)
}

func listArchives(c *Reader, a *python.Arguments) (any, error) {
	build, ok := a.Get("buildID").(int64)
	if !ok {
		return nil, notModelled("listArchives without buildID")
	}
	var rows []row
	for _, f := range c.DB.Data.Archives {
		if f.Build == build && (a.Get("type") == nil || a.Get("type") == f.BType) {
			rows = append(rows, row{
				{"id", f.ID}, {"build_id", f.Build}, {"btype", f.BType}, {"btype_id", f.BTypeID},
				{"type_id", f.Type.ID}, {"type_name", f.Type.Name},
				{"type_description", f.Type.Description}, {"type_extensions", f.Type.Extensions},
				{"compression_type", python.OrNil(f.Compression)}, {"filename", f.Filename}, {"size", f.Size},
				{"checksum", f.Checksum}, {"checksum_type", f.ChecksumType}, {"buildroot_id", python.OrNil(f.Buildroot)},
				{"metadata_only", false}, {"extra", f.Extra},
			})
		}
	}
	return answer(newQuery(a.Get("queryOpts")), rows)
}
