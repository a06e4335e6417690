package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
)

// ErrOtherSite reports that a URL does not belong to this hub's kojiweb or file server.
var ErrOtherSite = errors.New("the URL is of another site")

// Thing is the object that a URL or a word names. Only the field for Page.Kind is set.
type Thing struct {
	Page    koji.Page
	Task    *koji.Task
	Build   *koji.Build
	Package *koji.Package
	Tag     *koji.Tag
	Target  *koji.Target
	User    *koji.User
	Host    *koji.Host
	Channel *koji.Channel
	RPM     *koji.RPM
	Repo    *koji.Repo
	// Record is the hub's record of an object for which package koji has no type,
	// such as an archive or an external repository.
	Record map[string]any
}

// Lookup returns the object that a URL of kojiweb or of the file server names. If
// Options have a WebURL or TopURL, the error for a URL that is below neither is
// ErrOtherSite. To find the hub that a URL belongs to, see profile.Set.ByWebURL.
func (a API) Lookup(ctx context.Context, webURL string) (Thing, error) {
	page, err := koji.ParseWebURL(webURL)
	if err != nil {
		return Thing{}, fmt.Errorf("hub lookup: %w", err)
	}
	if !a.owns(webURL) {
		return Thing{}, fmt.Errorf("hub lookup: %w", ErrOtherSite)
	}
	return a.get(ctx, page)
}

// get returns the object that a page is about.
func (a API) get(ctx context.Context, page koji.Page) (t Thing, err error) {
	t.Page = page
	ref := koji.Ref{ID: page.ID, Name: page.Name}
	switch page.Kind {
	case koji.PageTask:
		t.Task, err = pointer(a.GetTask(ctx, page.ID))
	case koji.PageBuild:
		t.Build, err = pointer(a.GetBuild(ctx, ref))
	case koji.PagePackage:
		t.Package, err = pointer(a.GetPackage(ctx, ref))
	case koji.PageTag:
		t.Tag, err = pointer(a.GetTag(ctx, ref))
	case koji.PageTarget:
		t.Target, err = pointer(a.GetBuildTarget(ctx, ref))
	case koji.PageUser:
		t.User, err = pointer(a.GetUser(ctx, ref))
	case koji.PageHost:
		t.Host, err = a.hostOf(ctx, page.ByUser, ref)
	case koji.PageChannel:
		t.Channel, err = pointer(a.GetChannel(ctx, ref))
	case koji.PageRPM:
		t.RPM, err = pointer(a.GetRPM(ctx, page.ID))
	case koji.PageRepo:
		t.Repo, err = pointer(a.RepoInfo(ctx, page.ID))
	default:
		t.Record, err = a.record(ctx, page.Kind, ref)
	}
	return t, err
}

// record returns an object for which package koji has no type.
func (a API) record(ctx context.Context, kind koji.PageKind, ref koji.Ref) (map[string]any, error) {
	var method string
	switch kind {
	case koji.PageArchive:
		method = "getArchive"
	case koji.PageBuildroot:
		method = "getBuildroot"
	case koji.PageExternalRepo:
		method = "getExternalRepo"
	case koji.PageRepoRequest:
		method = "repo.checkRequest"
	default:
		return nil, fmt.Errorf("hub lookup: cannot get a %s", kind)
	}
	return call(ctx, a, byRef[map[string]any](method, ref))
}

// hostOf returns a host, by its own id or name or by those of its user.
func (a API) hostOf(ctx context.Context, byUser bool, ref koji.Ref) (*koji.Host, error) {
	if !byUser {
		return pointer(a.GetHost(ctx, ref))
	}
	if _, err := refArg(ref); err != nil {
		return nil, fmt.Errorf("hub listHosts: %w", err)
	}
	hosts, err := a.ListHosts(ctx, HostFilter{User: ref}, QueryOpts{})
	if err != nil {
		return nil, err
	}
	if len(hosts) != 1 {
		return nil, fmt.Errorf("hub listHosts: %w", koji.ErrNotFound)
	}
	return &hosts[0], nil
}

func pointer[T any](v T, err error) (*T, error) {
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// owns reports whether a URL is below WebURL or TopURL, or whether neither is known.
func (a API) owns(text string) bool {
	if a.webURL == "" && a.topURL == "" {
		return true
	}
	u, err := url.Parse(strings.TrimSpace(text))
	return err == nil && (below(u, a.webURL) || below(u, a.topURL))
}

// below reports whether u is below base. It compares host, port and whole segments
// of the path; http and https count as the same site.
func below(u *url.URL, base string) bool {
	b, err := url.Parse(base)
	if err != nil || b.Host == "" || siteOf(u) != siteOf(b) {
		return false
	}
	root := strings.TrimRight(b.Path, "/")
	return u.Path == root || strings.HasPrefix(u.Path, root+"/")
}

// siteOf returns host and port, without a port that is the scheme's default.
func siteOf(u *url.URL) string {
	host := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	switch port := u.Port(); {
	case port == "", u.Scheme == "http" && port == "80", u.Scheme == "https" && port == "443":
		return host
	default:
		return net.JoinHostPort(host, port)
	}
}
