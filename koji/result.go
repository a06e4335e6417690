package koji

// Result is the result of a closed task. Fields that the result does not set are zero.
type Result struct {
	// NVR is the name-version-release of the source RPM that was created or built.
	NVR string
	// BuildIDs are the builds created by the task.
	BuildIDs []int64
	// Source is the SCM URL with the revision that was used, without credentials;
	// or a source RPM's path.
	Source string
	// RepoID is the repository that was created or waited for.
	RepoID int64
	// EventID is the hub's event from which that repository was created.
	EventID int64
}
