package kojirpc

import (
	"context"

	"github.com/kojiwatch/kojiwatch/koji"
)

// GetUser returns a user by id, name or principal. The error is koji.ErrNotFound if
// there is no such user.
func (a API) GetUser(ctx context.Context, user koji.Ref) (koji.User, error) {
	return call(ctx, a, byRef[koji.User]("getUser", user))
}

// GetLoggedInUser returns the user as which the caller is logged in. The error is
// ErrNotLoggedIn if the caller is anonymous, like a [Client] without [LoggedIn].
func (a API) GetLoggedInUser(ctx context.Context) (koji.User, error) {
	s := one[koji.User]("getLoggedInUser")
	s.absent = ErrNotLoggedIn
	return call(ctx, a, s)
}

// GetTag returns a tag by id or name. The error is koji.ErrNotFound if there is no
// such tag.
func (a API) GetTag(ctx context.Context, tag koji.Ref) (koji.Tag, error) {
	return call(ctx, a, byRef[koji.Tag]("getTag", tag))
}

// TagFilter selects the tags to list. At most one of Build and Package may be set.
// The zero value selects all tags.
type TagFilter struct {
	Build   koji.Ref // tags that the build is in
	Package koji.Ref // tags that have the package in their list
	Pattern string   // of the name, with * and ?
}

// ListTags returns the tags that match a filter.
func (a API) ListTags(ctx context.Context, f TagFilter, q QueryOpts) ([]koji.Tag, error) {
	m := Named{}
	setRef(m, "build", f.Build)
	setRef(m, "package", f.Package)
	setIf(m, "pattern", f.Pattern)
	return CallInto[[]koji.Tag](ctx, a, "listTags", q.in(m))
}

// GetPackage returns a package by id or name. The error is koji.ErrNotFound if there is
// no such package.
func (a API) GetPackage(ctx context.Context, pkg koji.Ref) (koji.Package, error) {
	return call(ctx, a, byRef[koji.Package]("getPackage", pkg))
}

// GetBuildTarget returns a build target by id or name. The error is koji.ErrNotFound if
// there is no such target.
func (a API) GetBuildTarget(ctx context.Context, t koji.Ref) (koji.Target, error) {
	return call(ctx, a, byRef[koji.Target]("getBuildTarget", t))
}

// TargetFilter says which build targets to list. The zero value is all.
type TargetFilter struct {
	BuildTag koji.Ref // those that build from this tag
	DestTag  koji.Ref // those whose builds go into this tag
}

// GetBuildTargets returns the build targets that fit a filter.
func (a API) GetBuildTargets(ctx context.Context, f TargetFilter) ([]koji.Target, error) {
	return call(ctx, a, getBuildTargets(f))
}

func getBuildTargets(f TargetFilter) spec[[]koji.Target] {
	m := Named{}
	setRef(m, "buildTagID", f.BuildTag)
	setRef(m, "destTagID", f.DestTag)
	return plain[[]koji.Target]("getBuildTargets", m)
}

// RepoInfo returns a repository by id. The error is koji.ErrNotFound if there is no
// such repository.
func (a API) RepoInfo(ctx context.Context, id int64) (koji.Repo, error) {
	return call(ctx, a, one[koji.Repo]("repoInfo", id))
}
