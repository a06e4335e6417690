package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
)

// WebURL returns Options.WebURL, the address of the hub's kojiweb; it may be empty.
func (a API) WebURL() string { return a.webURL }

// Find returns the object that a word names. The word is
//
//   - a URL of kojiweb or of the file server, as for [API.Lookup];
//   - the id of a task or, if there is no such task, of a build;
//   - a name-version-release, or the name of a package, a tag or a host, tried in this
//     order;
//   - @ and the name of a user;
//   - a kind and an id or name: task:42, build:42, build:bash-5.2-1.fc44, package:bash,
//     tag:f44, target:f44, user:alice, host:builder1, channel:default, rpm:42, repo:42.
//
// Find makes one request. The error is koji.ErrNotFound if the hub has no such object.
func (a API) Find(ctx context.Context, word string) (Thing, error) {
	word = strings.TrimSpace(word)
	if strings.Contains(word, "://") {
		return a.Lookup(ctx, word)
	}
	if name, ok := strings.CutPrefix(word, "@"); ok {
		return a.findOne(ctx, koji.PageUser, name)
	}
	if kind, name, ok := strings.Cut(word, ":"); ok {
		if k := findKind(kind); k != koji.PageUnknown {
			return a.findOne(ctx, k, name)
		}
	}
	if id, err := strconv.ParseInt(word, 10, 64); err == nil {
		return a.findID(ctx, id)
	}
	return a.findName(ctx, word)
}

// findKind returns the kind named by the word before a colon.
func findKind(word string) koji.PageKind {
	for _, k := range []koji.PageKind{
		koji.PageTask, koji.PageBuild, koji.PagePackage, koji.PageTag, koji.PageTarget, koji.PageUser, koji.PageHost, koji.PageChannel,
	} {
		if word == k.String() {
			return k
		}
	}
	switch word {
	case "rpm":
		return koji.PageRPM
	case "repo":
		return koji.PageRepo
	}
	return koji.PageUnknown
}

// findOne returns an object of a known kind.
func (a API) findOne(ctx context.Context, kind koji.PageKind, name string) (Thing, error) {
	page := koji.Page{Kind: kind, Name: name}
	if id, err := strconv.ParseInt(name, 10, 64); err == nil && kind != koji.PageUser {
		page.ID, page.Name = id, ""
	}
	needsID := kind == koji.PageTask || kind == koji.PageRPM || kind == koji.PageRepo
	if needsID && page.ID == 0 {
		return Thing{}, fmt.Errorf("%s is not the id of a %s", printable.Line(strconv.Quote(name), 100), kind)
	}
	if name == "" {
		return Thing{}, &unknownError{kind.String(), name}
	}
	thing, err := a.get(ctx, page)
	if errors.Is(err, koji.ErrNotFound) {
		return Thing{}, &unknownError{kind.String(), name}
	}
	return thing, err
}

func (a API) findID(ctx context.Context, id int64) (Thing, error) {
	b := NewBatch(a)
	task, build := b.GetTask(id), b.GetBuild(ID(id))
	if err := b.Send(ctx); err != nil {
		return Thing{}, err
	}
	var found search
	found.take(koji.PageTask, func(t *Thing) (err error) { t.Task, err = pointer(task.Get()); return err })
	found.take(koji.PageBuild, func(t *Thing) (err error) { t.Build, err = pointer(build.Get()); return err })
	return found.result("task and no build", strconv.FormatInt(id, 10))
}

func (a API) findName(ctx context.Context, name string) (Thing, error) {
	if name == "" {
		return Thing{}, &unknownError{"thing", name}
	}
	b := NewBatch(a)
	var build *Result[koji.Build]
	if _, err := koji.ParseNVR(name); err == nil { // for other names the hub returns a fault
		build = b.GetBuild(Name(name))
	}
	pkg, tag, host := b.GetPackage(Name(name)), b.GetTag(Name(name)), b.GetHost(Name(name))
	if err := b.Send(ctx); err != nil {
		return Thing{}, err
	}
	var found search
	if build != nil {
		found.take(koji.PageBuild, func(t *Thing) (err error) { t.Build, err = pointer(build.Get()); return err })
	}
	found.take(koji.PagePackage, func(t *Thing) (err error) { t.Package, err = pointer(pkg.Get()); return err })
	found.take(koji.PageTag, func(t *Thing) (err error) { t.Tag, err = pointer(tag.Get()); return err })
	found.take(koji.PageHost, func(t *Thing) (err error) { t.Host, err = pointer(host.Get()); return err })
	return found.result("build, package, tag or host", name)
}

// search keeps the first of several answers that is not koji.ErrNotFound.
type search struct {
	thing Thing
	err   error
}

// take considers an answer, unless an earlier one was kept.
func (s *search) take(kind koji.PageKind, get func(*Thing) error) {
	if s.thing.Page.Kind != koji.PageUnknown || s.err != nil {
		return
	}
	t := Thing{Page: koji.Page{Kind: kind}}
	switch err := get(&t); {
	case err == nil:
		s.thing = t
	case !errors.Is(err, koji.ErrNotFound):
		s.err = err
	}
}

func (s *search) result(kinds, name string) (Thing, error) {
	if s.err == nil && s.thing.Page.Kind == koji.PageUnknown {
		return Thing{}, &unknownError{kinds, name}
	}
	return s.thing, s.err
}

// unknownError reports that the hub has no object of that name.
type unknownError struct{ kind, name string }

func (e *unknownError) Error() string {
	return fmt.Sprintf("the hub has no %s %s", e.kind, printable.Line(strconv.Quote(e.name), 200))
}

func (e *unknownError) Unwrap() error { return koji.ErrNotFound }
