package koji

// Request describes the work of a task, as far as its request says. Anything else has
// the zero value: an empty string, a zero id, an unknown Opt.
type Request struct {
	// Package is the name of the package that the task works on. It is certain if
	// the request names a source RPM, a build or an image. For an SCM URL it is a
	// guess from the URL's last element.
	Package string
	// NVR is the name-version-release to be built, or that of the task's build. If
	// a source RPM is rebuilt, the result may have another release than its file
	// name.
	NVR string
	// Source is the SCM URL without credentials, or the path of a source RPM in
	// the hub's work directory.
	Source string
	// Scratch is unknown if only the parent task's request has it.
	Scratch Opt[bool]
	// Arch is the single arch of the task.
	Arch string
	// Arches are the arches of the task, if the request lists them.
	Arches []string
	// Tag is the tag of the task: the one that a build is tagged with, whose
	// repository is created, or from which a buildroot is installed.
	Tag Ref
	// FromTag is the tag from which a build is moved.
	FromTag Ref
	// Target is the build target.
	Target Ref
	// BuildID is the existing build of the task.
	BuildID int64
	// BuildNVR is the name-version-release of that build.
	BuildNVR string
	// Packages are the packages of a chain build, in order.
	Packages []string
	// RepoID is the repository that the task uses or creates.
	RepoID int64
}
