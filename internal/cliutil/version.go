package cliutil

import (
	"runtime"
	"runtime/debug"
)

// version is set by the linker for releases.
var version string //nolint:gochecknoglobals // the linker can set nothing else

// Version returns the version of kojiwatch and of the Go that built it: the release, or else
// what the Go toolchain noted of the source.
func Version() string {
	return "kojiwatch " + Release() + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
}

// Release returns the bare version.
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
