package koji

// Result is what the result of a closed task says. What it leaves open is the
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

// ResultMatters reports whether ParseResult can learn anything from the result
// of a task of this method, so that a decoder may skip those of the others.
func ResultMatters(method string) bool {
	switch method {
	case "buildSRPMFromSCM", "buildSRPMFromCVS", "rebuildSRPM", "wrapperRPM", "buildArch",
		"buildContainer", "buildSourceContainer", "osbuildImage",
		"newRepo", "waitrepo":
		return true
	}
	return false
}

// ParseResult returns what the result of a closed task of the given method
// says. The result is a decoded value as for ParseRequest; any will do.
func ParseResult(method string, result any) Result {
	switch method {
	case "buildSRPMFromSCM", "buildSRPMFromCVS", "rebuildSRPM", "wrapperRPM":
		return srpmResult(result)
	case "buildArch":
		return archResult(result)
	case "buildContainer", "buildSourceContainer":
		return containerResult(result)
	case "osbuildImage":
		return osbuildResult(result)
	case "newRepo":
		return newRepoResult(result)
	case "waitrepo":
		return Result{RepoID: recordID(result, "id")}
	}
	return Result{}
}

// srpmResult reads {srpm, logs, brootid, source: {source, url}}; long ago it was
// the path alone.
func srpmResult(result any) Result {
	record, _ := result.(map[string]any)
	_, nvr := srpmNVR(firstOf(textOf(record["srpm"]), textOf(result)))
	source, _ := record["source"].(map[string]any)
	return Result{NVR: nvr, Source: CleanSource(textOf(source["source"]))}
}

// archResult reads {rpms, srpms, logs, brootid}. The source RPM is only there
// for the arch that was told to keep it.
func archResult(result any) Result {
	record, _ := result.(map[string]any)
	srpms, _ := record["srpms"].([]any)
	for _, path := range srpms {
		if _, nvr := srpmNVR(textOf(path)); nvr != "" {
			return Result{NVR: nvr}
		}
	}
	return Result{}
}

// containerResult reads {repositories, koji_builds}. OSBS writes the ids in
// digits.
func containerResult(result any) Result {
	record, _ := result.(map[string]any)
	list, _ := record["koji_builds"].([]any)
	var r Result
	for _, v := range list {
		if id := idOf(v); id != 0 {
			r.BuildIDs = append(r.BuildIDs, id)
		}
	}
	return r
}

// osbuildResult reads {composer, koji: {build}}.
func osbuildResult(result any) Result {
	record, _ := result.(map[string]any)
	koji, _ := record["koji"].(map[string]any)
	if id := idOf(koji["build"]); id != 0 {
		return Result{BuildIDs: []int64{id}}
	}
	return containerResult(result)
}

// newRepoResult reads [repo_id, event].
func newRepoResult(result any) Result {
	list, _ := result.([]any)
	a := args{positional: list}
	return Result{RepoID: idOf(a.at(0, "")), EventID: idOf(a.at(1, ""))}
}
