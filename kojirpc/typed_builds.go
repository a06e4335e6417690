package kojirpc

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

// GetBuild returns a build by id or name-version-release. The error is
// koji.ErrNotFound if there is no such build.
func (a API) GetBuild(ctx context.Context, build koji.Ref) (koji.Build, error) {
	return call(ctx, a, byRef[koji.Build]("getBuild", build))
}

// BuildFilter selects the builds to list. Zero fields are ignored.
type BuildFilter struct {
	Package koji.Ref // hubs before 1.26 take ids only
	User    koji.Ref // the owner; hubs before 1.26 take ids only
	Task    int64    // id of the task that created them
	State   koji.BuildState
	Type    string // "image", "module", "maven", …
	Prefix  string // of the package's name
	Pattern string // of the name-version-release, with * and ?
	Volume  int64  // id of a volume
	Source  string // must match exactly
	CG      koji.Ref
	Draft   koji.Opt[bool]

	CreatedAfter, CreatedBefore   time.Time
	CompleteAfter, CompleteBefore time.Time
	PromotedAfter, PromotedBefore time.Time
}

// named returns the arguments of listBuilds.
func (f BuildFilter) named() Named {
	m := Named{}
	setRef(m, "packageID", f.Package)
	setRef(m, "userID", f.User)
	setIf(m, "taskID", f.Task)
	if f.State != koji.BuildUnknown {
		m["state"] = f.State.Number()
	}
	setIf(m, "type", f.Type)
	setIf(m, "prefix", f.Prefix)
	setIf(m, "pattern", f.Pattern)
	setIf(m, "volumeID", f.Volume)
	setIf(m, "source", f.Source)
	setRef(m, "cgID", f.CG)
	setKnown(m, "draft", f.Draft)
	setTime(m, "createdAfter", f.CreatedAfter)
	setTime(m, "createdBefore", f.CreatedBefore)
	setTime(m, "completeAfter", f.CompleteAfter)
	setTime(m, "completeBefore", f.CompleteBefore)
	setTime(m, "promotedAfter", f.PromotedAfter)
	setTime(m, "promotedBefore", f.PromotedBefore)
	return m
}

// ListBuilds returns the builds that match a filter.
func (a API) ListBuilds(ctx context.Context, f BuildFilter, q QueryOpts) ([]koji.Build, error) {
	return call(ctx, a, listBuilds(f, q))
}

func listBuilds(f BuildFilter, q QueryOpts) spec[[]koji.Build] {
	return plain[[]koji.Build]("listBuilds", q.in(f.named()))
}

// CountBuilds returns the number of builds that match a filter.
func (a API) CountBuilds(ctx context.Context, f BuildFilter) (int, error) {
	named := f.named()
	named["queryOpts"] = countOnly()
	return CallInto[int](ctx, a, "listBuilds", named)
}

// TaggedFilter selects the builds of a tag to list. Zero fields are ignored.
type TaggedFilter struct {
	Package string
	Owner   string
	Type    string
	Prefix  string // of the package's name
	Inherit bool   // include builds of the tags it inherits from
	Latest  bool   // only the latest of each package
	Event   int64  // as of this event of the hub
	Draft   koji.Opt[bool]
}

// ListTagged returns the builds in a tag, without their sources.
func (a API) ListTagged(ctx context.Context, tag koji.Ref, f TaggedFilter) ([]koji.Build, error) {
	m := Named{}
	setIf(m, "package", f.Package)
	setIf(m, "owner", f.Owner)
	setIf(m, "type", f.Type)
	setIf(m, "prefix", f.Prefix)
	setIf(m, "inherit", f.Inherit)
	setIf(m, "latest", f.Latest)
	setIf(m, "event", f.Event)
	setKnown(m, "draft", f.Draft)
	return call(ctx, a, viaRef[[]koji.Build]("listTagged", tag, m))
}

// ListRPMs returns the RPMs of a build.
func (a API) ListRPMs(ctx context.Context, build int64) ([]koji.RPM, error) {
	return CallInto[[]koji.RPM](ctx, a, "listRPMs", Named{"buildID": build})
}

// GetRPM returns an RPM by id. The error is koji.ErrNotFound if there is no such RPM.
func (a API) GetRPM(ctx context.Context, id int64) (koji.RPM, error) {
	return call(ctx, a, one[koji.RPM]("getRPM", id))
}

// GetAverageBuildDuration returns the average duration of the builds of a package,
// or only of the last months if months is not 0 (hub 1.23 or newer). It is unknown
// if the package was not built in that time. The duration starts when the build's
// record is created, so it can be close to zero (Maven and Windows builds) or
// negative (imports by content generators).
func (a API) GetAverageBuildDuration(ctx context.Context, pkg koji.Ref, months int) (koji.Opt[time.Duration], error) {
	return call(ctx, a, averageBuildDuration(pkg, months))
}

func averageBuildDuration(pkg koji.Ref, months int) spec[koji.Opt[time.Duration]] {
	m := Named{}
	setIf(m, "age", months)
	return viaRef[koji.Opt[time.Duration]]("getAverageBuildDuration", pkg, m)
}
