package koji

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// PageKind says what a page is about.
type PageKind uint8

// What pages are about.
const (
	PageUnknown      PageKind = iota
	PageTask                  // a task, or one of its files
	PageBuild                 // a build
	PagePackage               // a package
	PageTag                   // a tag
	PageTarget                // a build target
	PageUser                  // a user
	PageHost                  // a host
	PageChannel               // a channel
	PageRPM                   // an RPM, or one of its files
	PageArchive               // an archive, or one of its files
	PageBuildroot             // a buildroot
	PageExternalRepo          // an external repository
	PageRepo                  // a repository
	PageRepoRequest           // a request for a repository
)

var pageKindNames = [...]string{
	"", "task", "build", "package", "tag", "target", "user", "host", "channel", "RPM", "archive",
	"buildroot", "external repository", "repository", "repository request",
}

// String returns what pages of the kind are about, "" for PageUnknown.
func (k PageKind) String() string { return stateName(pageKindNames[:], uint8(k)) }

// Page says what a URL of kojiweb, or of the files beside it, names.
type Page struct {
	Kind PageKind
	// ID is 0 where the URL has a name.
	ID int64
	// Name is "" where the URL has an id. It is whatever the URL holds.
	Name string
	// ByUser says that a host goes by the id or name of its user.
	ByUser bool
	// Others are the further tasks of a page that shows several.
	Others []int64
	// File is the name of a file of the task, RPM or archive, or the path of
	// one below the directory that the URL names.
	File string
	// Base is the address of the kojiweb or of the file server, without a
	// slash at the end.
	Base string
}

// ParseWebURL tells what a URL names: a page of kojiweb, or a directory or file
// below topurl. Arguments may come in any order and with others; what follows
// the page's name in the path does not count. It fails for pages that name no
// single thing (lists, searches), for pages that would change something, and
// for whatever else is not kojiweb.
func ParseWebURL(text string) (Page, error) {
	page, err := parseWebURL(text)
	if err != nil {
		return Page{}, fmt.Errorf("kojiweb URL: %w", err)
	}
	return page, nil
}

func parseWebURL(text string) (Page, error) {
	u, err := parseHTTP(text)
	if err != nil {
		return Page{}, err
	}
	segments := strings.Split(u.EscapedPath(), "/")
	for i, segment := range segments {
		page, found, err := parseFrom(u, segment, segments[i+1:])
		if !found {
			continue
		}
		if err != nil {
			return Page{}, err
		}
		page.Base = baseOf(u, strings.Join(withoutVolume(segments[:i], segment), "/"))
		return page, nil
	}
	return Page{}, errors.New("it has no page of kojiweb and no directory of topurl in its path")
}

// parseFrom reads a URL whose base ends before the given segment of its path,
// if that can be.
func parseFrom(u *url.URL, segment string, rest []string) (page Page, found bool, err error) {
	if page, found := parseFiles(segment, rest); found {
		return page, true, nil
	}
	rule, found := webPages[segment]
	switch {
	case !found:
		return Page{}, false, nil
	case rule.changes:
		return Page{}, true, fmt.Errorf("the page %s changes things", segment)
	case len(rule.arguments) == 0:
		return Page{}, true, fmt.Errorf("the page %s names no single thing", segment)
	}
	page, err = rule.page(u.Query())
	if err != nil {
		err = fmt.Errorf("page %s: %w", segment, err)
	}
	return page, true, err
}

// page reads the first of a page's arguments that is there.
func (rule webPage) page(query url.Values) (Page, error) {
	for _, a := range rule.arguments {
		values := query[a.name]
		if len(values) == 0 || values[0] == "" {
			continue
		}
		page := Page{Kind: a.kind, ByUser: a.kind == PageHost && a.name == "userID"}
		if rule.file != "" {
			page.File = query.Get(rule.file)
		}
		if strings.ContainsFunc(page.File, unicode.IsControl) {
			return Page{}, fmt.Errorf("the argument %s has control characters in it", rule.file)
		}
		return page, page.identify(a, values)
	}
	return Page{}, fmt.Errorf("it lacks the argument %s", rule.arguments[0].name)
}

// identify sets the id or name of a page from an argument.
func (p *Page) identify(a webArgument, values []string) error {
	if len(values) > 1 && !a.many {
		return fmt.Errorf("the argument %s comes twice", a.name)
	}
	if a.names != namesOnly && isDigits(values[0]) {
		for _, v := range values {
			id, err := strconv.ParseInt(v, 10, 64)
			if err != nil || id < 1 {
				return fmt.Errorf("the argument %s is no id", a.name)
			}
			p.Others = append(p.Others, id)
		}
		p.ID, p.Others = p.Others[0], p.Others[1:]
		if len(p.Others) == 0 {
			p.Others = nil
		}
		return nil
	}
	if a.names == idsOnly {
		return fmt.Errorf("the argument %s is no id", a.name)
	}
	if strings.ContainsFunc(values[0], unicode.IsControl) {
		return fmt.Errorf("the argument %s has control characters in it", a.name)
	}
	p.Name = values[0]
	return nil
}
