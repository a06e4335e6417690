package answers

import (
	"slices"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// buildCore returns the columns of a build that all calls return.
func (s *Snapshot) buildCore(b *dataset.Build) row {
	var promoter any
	if u := s.Users.ByName[b.Promoter]; u != nil {
		promoter = u.ID
	}
	return row{
		{"build_id", b.ID}, {"version", b.Version}, {"release", b.Release}, {"epoch", python.Deref(b.Epoch)},
		{"draft", b.Draft}, {"state", b.StateNumber()},
		{"completion_time", Text(b.Completed)}, {"promotion_time", Text(b.Promoted)}, {"start_time", Text(b.Started)},
		{"task_id", python.OrNil(b.Task)},
		{"creation_event_id", python.OrNil(b.Event)}, {"creation_time", Text(b.Created)},
		{"package_id", s.packages.ByName[b.Package].ID}, {"package_name", b.Package}, {"name", b.Package},
		{"volume_id", slices.Index(s.Data.Volumes, b.Volume)}, {"volume_name", b.Volume}, {"nvr", b.NVR()},
		{"owner_id", s.Users.ByName[b.Owner].ID}, {"owner_name", b.Owner},
		{"promoter_id", promoter}, {"promoter_name", python.OrNil(b.Promoter)},
	}
}

// buildRow returns a build as in listBuilds.
func (s *Snapshot) buildRow(b *dataset.Build) row {
	return append(s.buildCore(b), row{
		{"creation_ts", Stamp(b.Created)}, {"start_ts", Stamp(b.Started)},
		{"completion_ts", Stamp(b.Completed)}, {"promotion_ts", Stamp(b.Promoted)},
		{"source", python.OrNil(b.Source)}, {"extra", b.Extra},
	}...)
}

// OneBuild returns a build as in getBuild.
func (s *Snapshot) OneBuild(b *dataset.Build) any {
	var cg any
	if b.CG != "" {
		cg = slices.Index(s.Data.CGs, b.CG) + 1
	}
	return append(s.buildRow(b), row{{"id", b.ID}, {"cg_id", cg}, {"cg_name", python.OrNil(b.CG)}}...).object()
}

// taggedRow returns a build as in listTagged.
func (s *Snapshot) taggedRow(b *dataset.Build, t *dataset.Tag, in *dataset.Tagged) row {
	return append(s.buildCore(b), row{
		{"id", b.ID}, {"tag_id", t.ID}, {"tag_name", t.Name}, {"create_event", python.OrNil(in.Event)},
	}...)
}
