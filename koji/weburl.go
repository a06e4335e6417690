package koji

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
)

// Web makes the URLs of kojiweb's pages. Its methods return "" if there is no such URL:
// for an unknown id, an empty name, or a name of digits only, which kojiweb would take
// for an id. The zero Web always returns "".
type Web struct {
	base string
}

// NewWeb returns the kojiweb at an address such as https://koji.example.com/koji, which is
// called weburl in profiles.
func NewWeb(weburl string) (Web, error) {
	u, err := parseHTTP(weburl)
	if err != nil {
		return Web{}, fmt.Errorf("address of kojiweb: %w", err)
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return Web{}, errors.New("address of kojiweb: remove the query and the fragment, from the ? or # on")
	}
	return Web{base: baseOf(u, u.EscapedPath())}, nil
}

// String returns the address of kojiweb, without a slash at the end.
func (w Web) String() string { return w.base }

// Task returns the page of a task.
func (w Web) Task(id int64) string { return w.byID("taskinfo", "taskID", id) }

// TaskFile returns an output file of a task, such as build.log.
func (w Web) TaskFile(id int64, name string) string {
	if name == "" {
		return ""
	}
	address := w.byID("getfile", "taskID", id)
	if address == "" {
		return ""
	}
	return address + "&volume=DEFAULT&name=" + escape(name)
}

// Build returns the page of a build.
func (w Web) Build(id int64) string { return w.byID("buildinfo", "buildID", id) }

// Tag returns the page of a tag.
func (w Web) Tag(r Ref) string { return w.byRef("taginfo", "tagID", r) }

// Package returns the page of a package.
func (w Web) Package(r Ref) string { return w.byRef("packageinfo", "packageID", r) }

// User returns the page of a user.
func (w Web) User(r Ref) string { return w.byRef("userinfo", "userID", r) }

// Host returns the page of a host.
func (w Web) Host(r Ref) string { return w.byRef("hostinfo", "hostID", r) }

// Target returns the page of a build target.
func (w Web) Target(r Ref) string {
	if r.ID == 0 {
		return w.byName("buildtargetinfo", "name", r.Name)
	}
	return w.byID("buildtargetinfo", "targetID", r.ID)
}

// Channel returns the page of a channel, which must be given by its id.
func (w Web) Channel(id int64) string { return w.byID("channelinfo", "channelID", id) }

// RPM returns the page of an RPM.
func (w Web) RPM(id int64) string { return w.byID("rpminfo", "rpmID", id) }

// Repo returns the page of a repository.
func (w Web) Repo(id int64) string { return w.byID("repoinfo", "repoID", id) }

// FindBuild returns the search for a build by name-version-release, which redirects to the
// page of the build if it exists. Use it if the id is not known.
func (w Web) FindBuild(nvr string) string {
	if w.base == "" || nvr == "" {
		return ""
	}
	return w.base + "/search?terms=" + escape(nvr) + "&type=build&match=exact"
}

func (w Web) byID(page, argument string, id int64) string {
	if w.base == "" || id <= 0 {
		return ""
	}
	return w.base + "/" + page + "?" + argument + "=" + strconv.FormatInt(id, 10)
}

func (w Web) byName(page, argument, name string) string {
	if w.base == "" || name == "" {
		return ""
	}
	return w.base + "/" + page + "?" + argument + "=" + escape(name)
}

func (w Web) byRef(page, argument string, r Ref) string {
	if r.ID != 0 || isDigits(r.Name) {
		return w.byID(page, argument, r.ID)
	}
	return w.byName(page, argument, r.Name)
}

// escape escapes a text for use as the value of an argument. A space becomes %20, which is
// valid everywhere in a URL.
func escape(text string) string {
	return strings.ReplaceAll(url.QueryEscape(text), "+", "%20")
}

// isDigits reports whether kojiweb would take a text for an id.
func isDigits(text string) bool {
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return text != ""
}

// maxURL is the maximum length of a URL, in bytes.
const maxURL = 16 << 10

// parseHTTP parses an absolute http or https URL. Its errors do not quote the URL, which
// may contain a password.
func parseHTTP(text string) (*url.URL, error) {
	if len(text) > maxURL {
		return nil, fmt.Errorf("a URL of %d bytes is too long", len(text))
	}
	u, err := url.Parse(strings.TrimSpace(text))
	if err != nil || !plainHost(u.Host) || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("want a URL like https://koji.example.com/koji")
	}
	return u, nil
}

// plainHost reports whether a host, with or without a port, contains nothing that would
// need escaping.
func plainHost(host string) bool {
	for i := range len(host) {
		switch c := host[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c >= 0x80:
		case strings.IndexByte(".-_:[]", c) >= 0:
		default:
			return false
		}
	}
	return host != "" && host[0] != ':'
}

// baseOf returns a URL with another path and without user, query and fragment.
func baseOf(u *url.URL, path string) string {
	return u.Scheme + "://" + u.Host + strings.TrimRight(path, "/")
}
