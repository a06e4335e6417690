package koji

// Result holds what the result of a closed task says. What it leaves open is the
// zero value.
type Result struct {
	// NVR is the name-version-release of the source RPM that was made or of
	// which RPMs were made.
	NVR string
	// BuildIDs are the builds the task made.
	BuildIDs []int64
	// Source is the SCM URL with the revision that was really taken, without
	// credentials; or a source RPM's path.
	Source string
	// RepoID is the repository that was made or waited for.
	RepoID int64
	// EventID is the hub's event whose state of the tag that repository shows.
	EventID int64
}
