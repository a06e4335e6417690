package cliutil

import (
	"runtime"
	"runtime/debug"
)

// version is set by the linker for releases.
var version string //nolint:gochecknoglobals // the linker can set nothing else

// Version returns the versions of kojiwatch and Go, and the platform.
func Version() string {
	return "kojiwatch " + Release() + " " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
}

// Release returns the version of kojiwatch: that of the release, else the one that the Go
// toolchain recorded in the binary, else devel.
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
