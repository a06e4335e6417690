package koji

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// PageKind is the kind of object that a page is about.
type PageKind uint8

// The kinds of pages.
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

// String returns the name of the kind; "" for PageUnknown.
func (k PageKind) String() string { return stateName(pageKindNames[:], uint8(k)) }

// Page is the object that a URL of kojiweb or of the file server names.
type Page struct {
	Kind PageKind
	// ID is 0 if the URL has a name.
	ID int64
	// Name is "" if the URL has an id. It is not validated.
	Name string
	// ByUser means that ID and Name are those of a host's user.
	ByUser bool
	// Others are the further tasks of a page that shows several.
	Others []int64
	// File is the name of a file of the task, RPM or archive, or its path below
	// the directory that the URL names.
	File string
	// Base is the address of the kojiweb or of the file server, without a
	// slash at the end.
	Base string
}

// ParseWebURL parses the URL of a page of kojiweb, or of a directory or file below topurl.
// Arguments may be in any order, and further arguments are ignored, as is the path after
// the page's name. It returns an error for pages that are not about a single object
// (lists, searches), for pages that would change something, and for other sites.
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
	return Page{}, errors.New("the path contains neither a page of kojiweb nor a directory of topurl")
}

// parseFrom parses a URL whose base ends before the given segment of its path. found
// reports whether that is possible.
func parseFrom(u *url.URL, segment string, rest []string) (page Page, found bool, err error) {
	if page, found := parseFiles(segment, rest); found {
		return page, true, nil
	}
	rule, found := webPages[segment]
	switch {
	case !found:
		return Page{}, false, nil
	case rule.changes:
		return Page{}, true, fmt.Errorf("the page %s would change something", segment)
	case len(rule.arguments) == 0:
		return Page{}, true, fmt.Errorf("the page %s is not about a single object", segment)
	}
	page, err = rule.page(u.Query())
	if err != nil {
		err = fmt.Errorf("page %s: %w", segment, err)
	}
	return page, true, err
}

// page reads the first argument that the query contains.
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
			return Page{}, fmt.Errorf("the argument %s contains control characters", rule.file)
		}
		return page, page.identify(a, values)
	}
	return Page{}, fmt.Errorf("the argument %s is missing", rule.arguments[0].name)
}

// identify sets the id or name of a page from an argument.
func (p *Page) identify(a webArgument, values []string) error {
	if len(values) > 1 && !a.many {
		return fmt.Errorf("the argument %s is repeated", a.name)
	}
	if a.names != namesOnly && isDigits(values[0]) {
		for _, v := range values {
			id, err := strconv.ParseInt(v, 10, 64)
			if err != nil || id < 1 {
				return fmt.Errorf("the argument %s is not an id", a.name)
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
		return fmt.Errorf("the argument %s is not an id", a.name)
	}
	if strings.ContainsFunc(values[0], unicode.IsControl) {
		return fmt.Errorf("the argument %s contains control characters", a.name)
	}
	p.Name = values[0]
	return nil
}
