package koji

import (
	"net/url"
	"strconv"
	"strings"
	"unicode"
)

// parseFiles parses a path below topurl, split at its slashes:
//
//	packages/<name>/<version>/<release>/…   also below vol/<volume>
//	work/tasks/<id modulo 10000>/<id>/…
//	scratch/<user>/task_<id>/…
//	repos/<tag>/<id>/…                      also repos-dist
//
// Source: koji.PathInfo.
func parseFiles(segment string, rest []string) (Page, bool) {
	parts, ok := unescapeAll(rest)
	if !ok {
		return Page{}, false
	}
	switch segment {
	case "packages":
		return buildFiles(parts)
	case "work":
		return taskFiles(parts)
	case "scratch":
		return scratchFiles(parts)
	case "repos", "repos-dist":
		return repoFiles(parts)
	}
	return Page{}, false
}

func buildFiles(parts []string) (Page, bool) {
	if len(parts) < 3 {
		return Page{}, false
	}
	nvr := parts[0] + "-" + parts[1] + "-" + parts[2]
	n, ok := splitNVR(nvr)
	if !ok || n.Name != parts[0] || n.Version != parts[1] {
		return Page{}, false
	}
	return Page{Kind: PageBuild, Name: nvr, File: below(parts, 3)}, true
}

func taskFiles(parts []string) (Page, bool) {
	if len(parts) < 3 || parts[0] != "tasks" || !isDigits(parts[1]) || !isDigits(parts[2]) {
		return Page{}, false
	}
	id := webID(parts[2])
	if id == 0 || parts[1] != strconv.FormatInt(id%10000, 10) {
		return Page{}, false
	}
	return Page{Kind: PageTask, ID: id, File: below(parts, 3)}, true
}

func scratchFiles(parts []string) (Page, bool) {
	if len(parts) < 2 {
		return Page{}, false
	}
	digits, ok := strings.CutPrefix(parts[1], "task_")
	if !ok || !isDigits(digits) || webID(digits) == 0 {
		return Page{}, false
	}
	return Page{Kind: PageTask, ID: webID(digits), File: below(parts, 2)}, true
}

func repoFiles(parts []string) (Page, bool) {
	if len(parts) < 2 || !isDigits(parts[1]) || webID(parts[1]) == 0 {
		return Page{}, false
	}
	return Page{Kind: PageRepo, ID: webID(parts[1]), File: below(parts, 2)}, true
}

// below returns the path below the first n parts.
func below(parts []string, n int) string { return strings.Join(parts[n:], "/") }

// unescapeAll unescapes the elements of a path and drops empty ones. It rejects dot
// segments and control characters.
func unescapeAll(segments []string) ([]string, bool) {
	parts := make([]string, 0, len(segments))
	for _, s := range segments {
		part, err := url.PathUnescape(s)
		if err != nil || part == ".." || part == "." || strings.ContainsFunc(part, unicode.IsControl) {
			return nil, false
		}
		if part != "" {
			parts = append(parts, part)
		}
	}
	return parts, true
}

// withoutVolume removes vol/<volume>, which precedes the segment packages for builds that
// are not on the default volume.
func withoutVolume(before []string, segment string) []string {
	if n := len(before); segment == "packages" && n >= 2 && before[n-2] == "vol" {
		return before[:n-2]
	}
	return before
}

// webID parses an id; it returns 0 if the text is not an id. Koji's ids start at 1.
func webID(digits string) int64 {
	id, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || id < 1 {
		return 0
	}
	return id
}
