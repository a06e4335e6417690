package taskrequest

import (
	"cmp"

	"github.com/kojiwatch/kojiwatch/koji"
)

// ResultMatters reports whether ParseResult reads the results of a method's tasks. A decoder
// may skip others.
func ResultMatters(method string) bool {
	switch method {
	case "buildSRPMFromSCM", "buildSRPMFromCVS", "rebuildSRPM", "wrapperRPM", "buildArch",
		"buildContainer", "buildSourceContainer", "flatpakBuild", "osbuildImage",
		"newRepo", "waitrepo":
		return true
	}
	return false
}

// ParseResult parses the result of a closed task of the given method. The result is any
// decoded value, as for Parse.
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

// srpmResult reads {srpm, logs, brootid, source: {source, url}}, or only the path as in old
// results.
func srpmResult(result any) koji.Result {
	record, _ := result.(map[string]any)
	_, nvr := srpmNVR(cmp.Or(textOf(record["srpm"]), textOf(result)))
	source, _ := record["source"].(map[string]any)
	return koji.Result{NVR: nvr, Source: koji.CleanSource(textOf(source["source"]))}
}

// archResult reads {rpms, srpms, logs, brootid}. Only the task with keep_srpm has a source
// RPM.
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

// containerResult reads {repositories, koji_builds}. OSBS sends the ids as strings of digits.
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
