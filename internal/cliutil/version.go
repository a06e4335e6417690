package cliutil

import (
	"runtime"
	"runtime/debug"
)

// version is set by the linker for releases.
var version string //nolint:gochecknoglobals // the linker can set nothing else

// Version says which kojiwatch this is and what built it: the release, or else
// what the Go toolchain noted of the source.
func Version() string {
	return "kojiwatch " + Release() + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
}

// Release is the bare version.
func Release() string {
	if version != "" {
		return version
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
