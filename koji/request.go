package koji

// Request holds what the request of a task says of the work it asks for. What the
// request leaves open is the zero value: an empty text, a zero id, an unknown
// Opt.
type Request struct {
	// Package is the name of the package the work is for. It is certain where
	// the request names a source RPM, a build or an image, and a guess from
	// the last element of the URL where it names an SCM.
	Package string
	// NVR is the name-version-release of what is built, or of the build the
	// task is about. A source RPM that is built again may end with another
	// release than its file name says.
	NVR string
	// Source is the SCM URL without credentials, or the path of a source RPM
	// in the hub's work directory.
	Source string
	// Scratch is unknown where only the parent task can say it.
	Scratch Opt[bool]
	// Arch is the one arch the work is for.
	Arch string
	// Arches are the arches the work is for where the request lists them.
	Arches []string
	// Tag is the tag the work is about: where a build goes, whose repository
	// is made, or from which a buildroot is filled.
	Tag Ref
	// FromTag is the tag a build is moved out of.
	FromTag Ref
	// Target is the build target.
	Target Ref
	// BuildID is the existing build the task is about.
	BuildID int64
	// BuildNVR is the name-version-release of that build.
	BuildNVR string
	// Packages are the packages of a chain of builds, in its order.
	Packages []string
	// RepoID is the repository the work uses or makes.
	RepoID int64
}
