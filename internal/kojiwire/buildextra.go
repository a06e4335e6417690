package kojiwire

import "github.com/kojiwatch/kojiwatch/koji"

// ExtraMatters reports whether SetBuildExtra or AddBuildType can learn anything from the
// member of that name of a build's extra. A decoder may skip the others: some
// are large, and users put what they like into them.
func ExtraMatters(member []byte) bool {
	switch string(member) {
	case "container_koji_task_id", "submitter", "source", "typeinfo", "image", "maven", "win":
		return true
	}
	return false
}

// SetBuildExtra reads one member of a build's extra. A plain value goes by its path,
// the members' names with dots between them: "submitter",
// "container_koji_task_id", "source.original_url". Of "typeinfo.<type>", and of
// "image", "maven" and "win" at the top (an older form), only the name counts,
// so any value will do. Other paths are ignored.
func SetBuildExtra(b *koji.Build, path []byte, v Scalar) {
	const typeinfo = "typeinfo."
	switch string(path) {
	case "container_koji_task_id":
		// The record's own task id is the rule, this is for what was built
		// before hub 1.32. OSBS sends a number or digits.
		if b.TaskID == 0 {
			keepID(&b.TaskID, v)
		}
	case "submitter":
		keepText(&b.Submitter, v, b.Owner.Name)
	case "source.original_url":
		if v.IsText() {
			b.Requested = koji.CleanSource(v.Str())
		}
	case "image", "maven", "win":
		AddBuildType(b, path)
	default:
		if len(path) > len(typeinfo) && string(path[:len(typeinfo)]) == typeinfo {
			AddBuildType(b, path[len(typeinfo):])
		}
	}
}
