package filter

import (
	"cmp"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// fill makes the view that of an event. Only the parts that an expression names
// are filled in; the others may hold what was there before.
func (v *view) fill(e *event.Event, people *People, parts map[string]bool) {
	v.fillPlain(e)
	if parts["task"] {
		*v.Task = taskView{}
		if e.Task != nil {
			v.Task.fill(e.Task)
		}
	}
	if parts["build"] {
		*v.Build = buildView{}
		if e.Build != nil {
			v.Build.fill(e.Build)
		}
	}
	if parts["repo"] || parts["rpm"] {
		v.fillRepo(e.Repo)
		v.fillRPM(e.RPM)
	}
	if parts["estimate"] {
		v.fillEstimate(e.Estimate)
	}
	if parts["enrichment"] {
		v.fillEnrichment(&e.Enrichment)
	}
	if parts["automatic"] {
		v.Automatic = people.IsAutomatic(e)
	}
	if parts["mine"] {
		v.Mine = people.IsMine(e)
	}
	v.Scratch, v.TopLevel = IsScratch(e), IsTopLevel(e)
}

func (v *view) fillPlain(e *event.Event) {
	v.ID, v.Type, v.Dialect, v.Topic = e.ID, string(e.Type), string(e.Dialect), e.Topic
	v.Instance, v.ReceivedAt = e.Instance, e.ReceivedAt
	v.Old, v.New, v.URL, v.Summary = e.Old, e.New, e.URL, e.Summary
	v.Action, v.ImportType = e.Action, e.ImportType
	v.Tag, v.User, v.Package, v.Owner = viewRef(e.Tag), viewRef(e.User), viewRef(e.Package), viewRef(e.Owner)
}

func viewRef(r koji.Ref) refView { return refView{int(r.ID), r.Name} }

func (v *taskView) fill(t *koji.Task) {
	*v = taskView{
		ID: int(t.ID), Parent: int(t.Parent), Method: t.Method, State: t.State.String(),
		Package: t.Package(), NVR: t.NVR(), Source: t.Source(), Scratch: t.Scratch().Value,
		Arch: t.WorkArch(), Arches: t.Arches(), Label: t.Label, Tag: viewRef(t.Tag()),
		Target: t.Target().Name, BuildID: int(t.BuildID()), Owner: viewRef(t.Owner),
		Channel: viewRef(t.Channel), Host: viewRef(t.Host), Priority: int(t.Priority.Value),
		Weight: t.Weight.Value, Created: t.Created, Started: t.Started, Ended: t.Ended, Duration: t.Duration().Value.Seconds(), URL: t.URL,
	}
}

func (v *buildView) fill(b *koji.Build) {
	*v = buildView{
		ID: int(b.ID), NVR: b.NVR, Name: b.Name, Version: b.Version, Release: b.Release,
		Epoch: int(b.Epoch.Value), State: b.State.String(), Owner: viewRef(b.Owner), Submitter: b.Submitter,
		TaskID: int(b.TaskID), Source: b.Source, GitHash: b.GitHash(), Draft: b.Draft.Value,
		Volume: b.Volume, CG: b.CG, Types: b.Types, Tags: b.Tags, Target: b.Target,
		Created: b.Created, Started: b.Started, Ended: b.Ended, Duration: b.Duration().Value.Seconds(), URL: b.URL,
	}
}

func (v *view) fillRepo(r *event.Repo) {
	*v.Repo = repoView{}
	if r != nil {
		*v.Repo = repoView{int(r.ID), viewRef(r.Tag), int(r.TaskID), r.Dist.Value, r.Expired.Value, r.URL}
	}
}

func (v *view) fillRPM(r *event.RPM) {
	*v.RPM = rpmView{}
	if r != nil {
		*v.RPM = rpmView{int(r.ID), r.Name, r.Version, r.Release, int(r.Epoch.Value), r.Arch, r.SigKey}
	}
}

func (v *view) fillEstimate(e *event.Estimate) {
	*v.Estimate = estimateView{}
	if e != nil {
		*v.Estimate = estimateView{
			e.StartsAt, e.CompletionAt, e.Remaining.Value.Seconds(), e.Duration.Value.Seconds(),
			e.Low.Value.Seconds(), e.High.Value.Seconds(), e.Samples, e.Basis, e.Overdue,
		}
	}
}

func (v *view) fillEnrichment(e *event.Enrichment) {
	*v.Enrichment = enrichmentView{Status: string(cmp.Or(e.Status, event.StatusNone))}
	for _, gap := range e.Missing {
		v.Enrichment.Missing = append(v.Enrichment.Missing, gapView{gap.Path, gap.Reason})
	}
}
