package koji

import (
	"errors"
	"fmt"
	"strings"
)

// RPMName is what the file name of an RPM says.
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

// ParseRPM reads the name of an RPM file, name-version-release.arch.rpm.
// Directories in front of it are left out.
func ParseRPM(path string) (RPMName, error) {
	r, ok := cutRPM(path)
	if !ok {
		return RPMName{}, fmt.Errorf("RPM file %.200q: %w", path, errNotRPM)
	}
	return r, nil
}

// ParseSRPM reads the name of a source RPM, name-version-release.src.rpm or
// .nosrc.rpm. Directories in front of it are left out.
func ParseSRPM(path string) (NVR, error) {
	r, ok := cutRPM(path)
	if !ok || !r.Source() {
		return NVR{}, fmt.Errorf("source RPM %.200q: %w", path, errNotSRPM)
	}
	return r.NVR, nil
}

// cutRPM is ParseRPM without the cost of an error.
func cutRPM(path string) (RPMName, bool) {
	stem, ok := strings.CutSuffix(lastElement(path), ".rpm")
	if !ok {
		return RPMName{}, false
	}
	dot := strings.LastIndexByte(stem, '.')
	if dot < 0 || dot == len(stem)-1 {
		return RPMName{}, false
	}
	n, ok := cutNVR(stem[:dot])
	return RPMName{NVR: n, Arch: stem[dot+1:]}, ok
}

// isSRPM reports whether a path names a source RPM.
func isSRPM(path string) bool {
	return strings.HasSuffix(path, ".src.rpm") || strings.HasSuffix(path, ".nosrc.rpm")
}

// srpmNVR returns the part of a source RPM's path that is its NVR, without
// making a new string of it.
func srpmNVR(path string) (name, nvr string) {
	r, ok := cutRPM(path)
	if !ok || !r.Source() {
		return "", ""
	}
	if r.Epoch.Known { // no RPM file is named so, but nothing stops a sender
		return r.Name, r.String()
	}
	nvr = lastElement(path)
	return r.Name, nvr[:len(nvr)-len(".rpm")-len(r.Arch)-1]
}

// lastElement returns what follows the last slash of a path.
func lastElement(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
