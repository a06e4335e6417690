package kojiwire

import (
	"cmp"
	"slices"

	"github.com/kojiwatch/kojiwatch/koji"
)

// SetBuild sets a field of a build from a scalar member of a record: that of getBuild,
// listBuilds, listTagged or a message, or the flat one of Fedora's messages. Other members
// and unsuitable values are ignored. Start with a zero Build (see SetTask for times), and
// call CompleteBuild at the end.
func SetBuild(b *koji.Build, field []byte, v Scalar) {
	switch string(field) {
	case "id", "build_id":
		keepID(&b.ID, v)
	case "nvr":
		keepText(&b.NVR, v, "")
	case "name":
		keepText(&b.Name, v, b.Package.Name)
	case "version":
		keepText(&b.Version, v, "")
	case "release":
		keepText(&b.Release, v, "")
	case "epoch":
		keepInt(&b.Epoch, v)
	case "state":
		keepState(&b.State, v, koji.BuildStateNamed, koji.BuildStateOf)
	case "task_id":
		keepID(&b.TaskID, v)
	default:
		if !setBuildRef(b, field, v) && !setBuildOrigin(b, field, v) {
			setBuildTime(b, field, v)
		}
	}
}

// setBuildOrigin sets the fields about the origin and location of a build.
func setBuildOrigin(b *koji.Build, field []byte, v Scalar) bool {
	switch string(field) {
	case "source":
		if v.IsText() {
			b.Source = koji.CleanSource(v.Str())
		}
	case "draft":
		keepBool(&b.Draft, v)
	case "volume_name":
		keepWord(&b.Volume, v)
	case "cg_name":
		keepText(&b.CG, v, "")
	case "url":
		keepText(&b.URL, v, "")
	default:
		return false
	}
	return true
}

// CompleteBuild sets fields that follow from others, after all are set: the name of the
// package, which is that of the build, and the NVR if the record has none.
func CompleteBuild(b *koji.Build) {
	if b.Name == "" {
		b.Name = b.Package.Name
	}
	b.Package.Name = b.Name
	if b.NVR == "" && b.Name != "" && b.Version != "" && b.Release != "" {
		b.NVR = b.Name + "-" + b.Version + "-" + b.Release
	}
}

// FromTask sets missing fields of a build from its task. resolved is the source with the
// revision that was used, if known.
func FromTask(b *koji.Build, t *koji.Task, resolved string) {
	b.Target = cmp.Or(b.Target, t.Target().Name)
	b.Source = cmp.Or(resolved, b.Source, t.Source())
	b.TaskID = cmp.Or(b.TaskID, t.ID)
	b.Owner.ID = cmp.Or(b.Owner.ID, t.Owner.ID)
	b.Owner.Name = cmp.Or(b.Owner.Name, t.Owner.Name)
}

// setBuildRef sets the owner and the package of a build.
func setBuildRef(b *koji.Build, field []byte, v Scalar) bool {
	switch string(field) {
	case "owner":
		keepRef(&b.Owner, v)
	case "owner_id":
		keepID(&b.Owner.ID, v)
	case "owner_name":
		keepWord(&b.Owner.Name, v)
	case "package_id", "pkg_id": // the latter for new builds before hub 1.17
		keepID(&b.Package.ID, v)
	case "package_name":
		keepText(&b.Package.Name, v, b.Name)
	default:
		return false
	}
	return true
}

// setBuildTime sets the times of a build.
func setBuildTime(b *koji.Build, field []byte, v Scalar) {
	switch string(field) {
	case "creation_ts", "creation_time":
		keepTime(&b.Created, field, v)
	case "start_ts", "start_time":
		keepTime(&b.Started, field, v)
	case "completion_ts", "completion_time":
		keepTime(&b.Ended, field, v)
	}
}

// AddBuildType adds a build type: the name of a member of a message's btypes, or of typeinfo
// in a build's extra.
func AddBuildType(b *koji.Build, name []byte) {
	if len(name) > 0 && !slices.Contains(b.Types, string(name)) {
		b.Types = append(b.Types, internType(name))
	}
}
