package koji

import (
	"errors"
	"fmt"
	"strings"
)

// RPMName is the parsed file name of an RPM.
type RPMName struct {
	NVR
	Arch string // "src" or "nosrc" for a source RPM
}

// Source reports whether the file is a source RPM.
func (r RPMName) Source() bool { return r.Arch == "src" || r.Arch == "nosrc" }

var (
	errNotRPM  = errors.New("want name-version-release.arch.rpm")
	errNotSRPM = errors.New("want name-version-release.src.rpm")
)

// ParseRPM parses the name of an RPM file, name-version-release.arch.rpm, ignoring
// directories in front of it.
func ParseRPM(path string) (RPMName, error) {
	r, ok := cutRPM(path)
	if !ok {
		return RPMName{}, fmt.Errorf("RPM file %.200q: %w", path, errNotRPM)
	}
	return r, nil
}

// ParseSRPM parses the name of a source RPM, name-version-release.src.rpm or .nosrc.rpm,
// ignoring directories in front of it.
func ParseSRPM(path string) (NVR, error) {
	r, ok := cutRPM(path)
	if !ok || !r.Source() {
		return NVR{}, fmt.Errorf("source RPM %.200q: %w", path, errNotSRPM)
	}
	return r.NVR, nil
}

// cutRPM is ParseRPM without allocating an error.
func cutRPM(path string) (RPMName, bool) {
	stem, ok := strings.CutSuffix(path[strings.LastIndexByte(path, '/')+1:], ".rpm")
	if !ok {
		return RPMName{}, false
	}
	dot := strings.LastIndexByte(stem, '.')
	if dot < 0 || dot == len(stem)-1 {
		return RPMName{}, false
	}
	n, ok := splitNVR(stem[:dot])
	return RPMName{NVR: n, Arch: stem[dot+1:]}, ok
}
