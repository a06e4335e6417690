package taskrequest

import (
	"cmp"

	"github.com/kojiwatch/kojiwatch/koji"
)

// ResultMatters reports whether ParseResult can learn anything from the result
// of a task of this method, so that a decoder may skip those of the others.
func ResultMatters(method string) bool {
	switch method {
	case "buildSRPMFromSCM", "buildSRPMFromCVS", "rebuildSRPM", "wrapperRPM", "buildArch",
		"buildContainer", "buildSourceContainer", "flatpakBuild", "osbuildImage",
		"newRepo", "waitrepo":
		return true
	}
	return false
}

// ParseResult returns what the result of a closed task of the given method
// says. The result is a decoded value as for Parse; any will do.
func ParseResult(method string, result any) koji.Result {
	switch method {
	case "buildSRPMFromSCM", "buildSRPMFromCVS", "rebuildSRPM", "wrapperRPM":
		return srpmResult(result)
	case "buildArch":
		return archResult(result)
	case "buildContainer", "buildSourceContainer", "flatpakBuild":
		return containerResult(result)
	case "osbuildImage":
		return osbuildResult(result)
	case "newRepo":
		return newRepoResult(result)
	case "waitrepo":
		return koji.Result{RepoID: recordID(result, "id")}
	}
	return koji.Result{}
}

// srpmResult reads {srpm, logs, brootid, source: {source, url}}; long ago it was
// the path alone.
func srpmResult(result any) koji.Result {
	record, _ := result.(map[string]any)
	_, nvr := srpmNVR(cmp.Or(textOf(record["srpm"]), textOf(result)))
	source, _ := record["source"].(map[string]any)
	return koji.Result{NVR: nvr, Source: koji.CleanSource(textOf(source["source"]))}
}

// archResult reads {rpms, srpms, logs, brootid}. The source RPM is only there
// for the arch that was told to keep it.
func archResult(result any) koji.Result {
	record, _ := result.(map[string]any)
	srpms, _ := record["srpms"].([]any)
	for _, path := range srpms {
		if _, nvr := srpmNVR(textOf(path)); nvr != "" {
			return koji.Result{NVR: nvr}
		}
	}
	return koji.Result{}
}

// containerResult reads {repositories, koji_builds}. OSBS writes the ids in
// digits.
func containerResult(result any) koji.Result {
	record, _ := result.(map[string]any)
	list, _ := record["koji_builds"].([]any)
	var r koji.Result
	for _, v := range list {
		if id := idOf(v); id != 0 {
			r.BuildIDs = append(r.BuildIDs, id)
		}
	}
	return r
}

// osbuildResult reads {composer, koji: {build}}.
func osbuildResult(result any) koji.Result {
	record, _ := result.(map[string]any)
	build, _ := record["koji"].(map[string]any)
	if id := idOf(build["build"]); id != 0 {
		return koji.Result{BuildIDs: []int64{id}}
	}
	return containerResult(result)
}

// newRepoResult reads [repo_id, event].
func newRepoResult(result any) koji.Result {
	list, _ := result.([]any)
	a := args{positional: list}
	return koji.Result{RepoID: idOf(a.at(0, "")), EventID: idOf(a.at(1, ""))}
}
