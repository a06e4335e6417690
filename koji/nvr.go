package koji

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
)

// NVR is the name, version and release that identify a build. The release of a draft
// build ends in ",draft_" and the build's id.
type NVR struct {
	Name    string
	Version string
	Release string
	Epoch   Opt[int64]
}

// String returns name-version-release, without the epoch.
func (n NVR) String() string { return n.Name + "-" + n.Version + "-" + n.Release }

// Draft returns the build id in a release of the form <release>,draft_<id>.
func (n NVR) Draft() (buildID int64, ok bool) {
	_, digits, found := strings.Cut(n.Release, ",draft_")
	if !found {
		return 0, false
	}
	id, err := strconv.ParseInt(digits, 10, 64)
	return id, err == nil && id > 0
}

// errNotNVR is the cause of all errors of ParseNVR.
var errNotNVR = errors.New("want name-version-release")

// ParseNVR parses name-version-release from the right, because names may contain dashes.
// The name or the version may have an epoch and a colon in front.
//
// Source: koji.parse_NVR.
func ParseNVR(text string) (NVR, error) {
	n, ok := splitNVR(text)
	if !ok {
		return NVR{}, fmt.Errorf("NVR %.100q: %w", text, errNotNVR)
	}
	return n, nil
}

// splitNVR is ParseNVR without allocating an error.
func splitNVR(text string) (NVR, bool) {
	dash := strings.LastIndexByte(text, '-')
	if dash <= 0 || !plainName(text) {
		return NVR{}, false
	}
	n := NVR{Release: text[dash+1:]}
	rest := text[:dash]
	if dash = strings.LastIndexByte(rest, '-'); dash <= 0 {
		return NVR{}, false
	}
	n.Name, n.Version = rest[:dash], rest[dash+1:]
	if !cutEpoch(&n.Name, &n.Epoch) || !cutEpoch(&n.Version, &n.Epoch) {
		return NVR{}, false
	}
	return n, n.Name != "" && n.Version != "" && n.Release != ""
}

// cutEpoch moves an epoch from the front of a name or version to epoch. It returns false
// if the epoch is invalid or a second one.
func cutEpoch(text *string, epoch *Opt[int64]) bool {
	before, after, found := strings.Cut(*text, ":")
	if !found {
		return true
	}
	n, err := strconv.ParseUint(before, 10, 31)
	if err != nil || epoch.Known || strings.IndexByte(after, ':') >= 0 {
		return false
	}
	*epoch = Some(int64(n))
	*text = after
	return true
}

// plainName reports whether a text can be a name in Koji: whether it contains no white
// space, no control characters and no slash.
func plainName(text string) bool {
	for _, r := range text {
		if r <= ' ' || r == '/' || r >= 0x7f && (unicode.IsSpace(r) || unicode.IsControl(r)) {
			return false
		}
	}
	return true
}
