package taskrequest

import (
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
)

// isURL reports whether a text is a URL with a scheme.
func isURL(text string) bool { return strings.Index(text, "://") > 0 }

// sourcePackage returns the most likely name of a source's package: that of a source RPM, or
// the last meaningful element of the module or path.
func sourcePackage(source string) string {
	if isSRPM(source) {
		name, _ := srpmNVR(source)
		return name
	}
	address, _, _ := strings.Cut(source, "#")
	address, module, _ := strings.Cut(address, "?")
	if name := modulePackage(module); name != "" {
		return name
	}
	scheme, path, found := strings.Cut(address, "://")
	if !found {
		return repositoryName(lastElement(trimSlashes(address)))
	}
	_, path, _ = strings.Cut(path, "/")
	if strings.HasPrefix(scheme, "svn") {
		path = trimLayout(path)
	}
	return repositoryName(lastElement(trimSlashes(path)))
}

// modulePackage returns the package that a module names; "" if the module only names a
// directory inside the repository of a single package.
func modulePackage(module string) string {
	if strings.IndexByte(module, '=') >= 0 {
		return "" // a parameter of a web server
	}
	module = trimLayout(module)
	if after, ok := strings.CutPrefix(module, "rpms/"); ok {
		// The layout of package CVSs: rpms/<package>/<branch>.
		name, _, _ := strings.Cut(after, "/")
		return name
	}
	name := repositoryName(lastElement(module))
	switch strings.ToLower(name) {
	case "subdir", "spec", "specs", "rpm", "packaging":
		return ""
	}
	return name
}

// trimLayout removes Subversion's trunk, branches/x and tags/x, and slashes, from the end of
// a path.
func trimLayout(path string) string {
	path = trimSlashes(path)
	last := lastElement(path)
	parent := trimSlashes(path[:len(path)-len(last)])
	switch last {
	case "trunk", "branches", "tags":
		return parent
	}
	if dir := lastElement(parent); dir == "branches" || dir == "tags" {
		return trimSlashes(parent[:len(parent)-len(dir)])
	}
	return path
}

// repositoryName removes the suffix of a bare git repository, and the host of an ssh address,
// from the name of a repository.
func repositoryName(name string) string {
	name = name[strings.LastIndexByte(name, ':')+1:]
	return strings.TrimSuffix(name, ".git")
}

func trimSlashes(path string) string { return strings.Trim(path, "/") }

// isSRPM reports whether a path names a source RPM.
func isSRPM(path string) bool {
	return strings.HasSuffix(path, ".src.rpm") || strings.HasSuffix(path, ".nosrc.rpm")
}

// srpmNVR returns the name and NVR in a source RPM's path, without allocating.
func srpmNVR(path string) (name, nvr string) {
	r, err := koji.ParseRPM(path)
	if err != nil || !r.Source() {
		return "", ""
	}
	if r.Epoch.Known { // not in the names of real RPM files, but a sender may do that
		return r.Name, r.String()
	}
	nvr = lastElement(path)
	return r.Name, nvr[:len(nvr)-len(".rpm")-len(r.Arch)-1]
}

// lastElement returns the part of a path after the last slash.
func lastElement(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// cutNVR is koji.ParseNVR without the error.
func cutNVR(text string) (koji.NVR, bool) {
	n, err := koji.ParseNVR(text)
	return n, err == nil
}
