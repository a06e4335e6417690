package answers

import (
	"slices"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// buildCore says what all calls give of a build.
type buildCore struct {
	BuildID       int64   `xmlrpc:"build_id"`
	Version       string  `xmlrpc:"version"`
	Release       string  `xmlrpc:"release"`
	Epoch         *int64  `xmlrpc:"epoch"`
	Draft         bool    `xmlrpc:"draft"`
	State         int     `xmlrpc:"state"`
	CompletionAt  *string `xmlrpc:"completion_time"`
	PromotionAt   *string `xmlrpc:"promotion_time"`
	StartAt       *string `xmlrpc:"start_time"`
	TaskID        any     `xmlrpc:"task_id"`
	CreationEvent any     `xmlrpc:"creation_event_id"`
	CreationAt    *string `xmlrpc:"creation_time"`
	PackageID     int64   `xmlrpc:"package_id"`
	PackageName   string  `xmlrpc:"package_name"`
	Name          string  `xmlrpc:"name"`
	VolumeID      int     `xmlrpc:"volume_id"`
	VolumeName    string  `xmlrpc:"volume_name"`
	NVR           string  `xmlrpc:"nvr"`
	OwnerID       int64   `xmlrpc:"owner_id"`
	OwnerName     string  `xmlrpc:"owner_name"`
	PromoterID    any     `xmlrpc:"promoter_id"`
	PromoterName  any     `xmlrpc:"promoter_name"`
}

// buildRow is a build as listBuilds gives it.
type buildRow struct {
	buildCore
	CreationTS   *float64       `xmlrpc:"creation_ts"`
	StartTS      *float64       `xmlrpc:"start_ts"`
	CompletionTS *float64       `xmlrpc:"completion_ts"`
	PromotionTS  *float64       `xmlrpc:"promotion_ts"`
	Source       any            `xmlrpc:"source"`
	Extra        map[string]any `xmlrpc:"extra"`
}

// oneBuildRow is a build as getBuild gives it.
type oneBuildRow struct {
	buildRow
	ID     int64 `xmlrpc:"id"`
	CGID   any   `xmlrpc:"cg_id"`
	CGName any   `xmlrpc:"cg_name"`
}

// taggedRow is a build as listTagged gives it.
type taggedRow struct {
	buildCore
	ID          int64  `xmlrpc:"id"`
	TagID       int64  `xmlrpc:"tag_id"`
	TagName     string `xmlrpc:"tag_name"`
	CreateEvent any    `xmlrpc:"create_event"`
}

type taggedExtraRow struct {
	taggedRow
	Extra map[string]any `xmlrpc:"extra"`
}

func (s *Snapshot) buildCore(b *dataset.Build) buildCore {
	row := buildCore{
		BuildID: b.ID, Version: b.Version, Release: b.Release, Epoch: b.Epoch, Draft: b.Draft,
		State: b.StateNumber(), TaskID: python.OrNil(b.Task), CreationEvent: python.OrNil(b.Event),
		CreationAt: Text(b.Created), StartAt: Text(b.Started),
		CompletionAt: Text(b.Completed), PromotionAt: Text(b.Promoted),
		PackageID: s.packages.ByName[b.Package].ID, PackageName: b.Package, Name: b.Package,
		VolumeID: slices.Index(s.Data.Volumes, b.Volume), VolumeName: b.Volume, NVR: b.NVR(),
		OwnerID: s.Users.ByName[b.Owner].ID, OwnerName: b.Owner,
	}
	if b.Promoter != "" {
		row.PromoterID, row.PromoterName = s.Users.ByName[b.Promoter].ID, b.Promoter
	}
	return row
}

func (s *Snapshot) buildRow(b *dataset.Build) buildRow {
	return buildRow{
		buildCore:  s.buildCore(b),
		CreationTS: Stamp(b.Created), StartTS: Stamp(b.Started),
		CompletionTS: Stamp(b.Completed), PromotionTS: Stamp(b.Promoted),
		Source: python.OrNil(b.Source), Extra: b.Extra,
	}
}

func (s *Snapshot) oneBuildRow(b *dataset.Build) oneBuildRow {
	row := oneBuildRow{buildRow: s.buildRow(b), ID: b.ID}
	if i := slices.Index(s.Data.CGs, b.CG); b.CG != "" {
		row.CGID, row.CGName = i+1, b.CG
	}
	return row
}
