package kojirpc

import (
	"context"
	"fmt"

	"github.com/kojiwatch/kojiwatch/koji"
)

// viaRef calls a method about one thing, with named arguments.
func viaRef[T any](ctx context.Context, a API, method string, r koji.Ref, named Named) (T, error) {
	arg, err := refArg(r)
	if err != nil {
		return *new(T), fmt.Errorf("hub %s: %w", method, err)
	}
	return CallInto[T](ctx, a, method, arg, named)
}

// byRef gets one thing, or ErrNotFound.
func byRef[T any](ctx context.Context, a API, method string, r koji.Ref) (T, error) {
	arg, err := refArg(r)
	if err != nil {
		return *new(T), fmt.Errorf("hub %s: %w", method, err)
	}
	return one[T](ctx, a, method, arg)
}

// listOf lists what belongs to one thing.
func listOf[T any](ctx context.Context, a API, method string, r koji.Ref, named Named) ([]T, error) {
	return viaRef[[]T](ctx, a, method, r, named)
}

// GetUser returns a user, by id, name or principal. ErrNotFound if there is none.
func (a API) GetUser(ctx context.Context, user koji.Ref) (koji.User, error) {
	return byRef[koji.User](ctx, a, "getUser", user)
}

// GetLoggedInUser returns who the caller is. ErrNotLoggedIn if the hub takes it
// for nobody, as it does a [Client].
func (a API) GetLoggedInUser(ctx context.Context) (koji.User, error) {
	u, err := CallInto[*koji.User](ctx, a, "getLoggedInUser")
	if u == nil {
		if err == nil {
			err = fmt.Errorf("hub getLoggedInUser: %w", ErrNotLoggedIn)
		}
		return koji.User{}, err
	}
	return *u, nil
}

// GetTag returns a tag, by id or name. ErrNotFound if there is none.
func (a API) GetTag(ctx context.Context, tag koji.Ref) (koji.Tag, error) {
	return byRef[koji.Tag](ctx, a, "getTag", tag)
}

// TagFilter says which tags to list: at most one of Build and Package counts.
// The zero value is all tags.
type TagFilter struct {
	Build   koji.Ref // tags that the build is in
	Package koji.Ref // tags that have the package on their list
	Pattern string   // of the name, with * and ?
}

// ListTags returns the tags that fit a filter.
func (a API) ListTags(ctx context.Context, f TagFilter, q QueryOpts) ([]koji.Tag, error) {
	m := Named{}
	setRef(m, "build", f.Build)
	setRef(m, "package", f.Package)
	setIf(m, "pattern", f.Pattern)
	if opts := q.value(); opts != nil {
		m["queryOpts"] = opts
	}
	return CallInto[[]koji.Tag](ctx, a, "listTags", m)
}

// GetPackage returns a package, by id or name. ErrNotFound if there is none.
func (a API) GetPackage(ctx context.Context, pkg koji.Ref) (koji.Package, error) {
	return byRef[koji.Package](ctx, a, "getPackage", pkg)
}

// GetBuildTarget returns a build target, by id or name. ErrNotFound if there is
// none.
func (a API) GetBuildTarget(ctx context.Context, t koji.Ref) (koji.Target, error) {
	return byRef[koji.Target](ctx, a, "getBuildTarget", t)
}

// GetBuildTargets returns all build targets.
func (a API) GetBuildTargets(ctx context.Context) ([]koji.Target, error) {
	return CallInto[[]koji.Target](ctx, a, "getBuildTargets")
}

// RepoInfo returns a repository. ErrNotFound if there is none.
func (a API) RepoInfo(ctx context.Context, id int64) (koji.Repo, error) {
	return one[koji.Repo](ctx, a, "repoInfo", id)
}
