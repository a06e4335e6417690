// Package methods classifies the methods of the hub.
package methods

import "github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"

// Kind is the kind of a method.
type Kind uint8

// The kinds of methods.
const (
	// Changes is a method that changes something, or may.
	Changes Kind = iota
	// Reads is a method that reads one or a few records.
	Reads
	// Sweeps is a method whose answer can be long, such as all builds of a package.
	// It is not put into a multiCall, where other calls would wait for it, unless its
	// arguments limit the answer.
	Sweeps
)

// KindOf returns the kind of a method, by its name. A method that is not listed here
// counts as one that changes something.
//
// Source: the exports of kojihub/kojihub.py, kojihub/repos.py and
// kojihub/scheduler.py. Methods that read, but not with every argument, are left out:
// getTagID can create a tag, getRPMChecksums stores the checksums it computes,
// filterResults calls the method it is given.
func KindOf(method string) Kind {
	switch method {
	case "buildReferences", "checkTagAccess", "checkTagPackage", "count", "echo", "findBuildID",
		"getAPIVersion", "getAllArches", "getArchive", "getArchiveFile", "getArchiveType",
		"getAverageBuildDuration", "getBuild", "getBuildConfig", "getBuildNotification",
		"getBuildNotificationBlock", "getBuildTarget", "getBuildType", "getBuildroot", "getChannel",
		"getEvent", "getExternalRepo", "getGroupMembers", "getHost", "getImageArchive", "getImageBuild",
		"getInheritanceData", "getKojiVersion", "getLastEvent", "getLastHostUpdate", "getLoggedInUser",
		"getMavenArchive", "getMavenBuild", "getNextRelease", "getPackage", "getPackageConfig", "getPackageID",
		"getPerms", "getRPM", "getRPMFile", "getRepo", "getSessionInfo", "getTag", "getTagExternalRepos",
		"getTaskChildren", "getTaskInfo", "getTaskRequest", "getTaskResult", "getUser", "getUserGroups",
		"getUserPerms", "getUserPermsInheritance", "getVolume", "getWinArchive", "getWinBuild", "hasPerm",
		"hello", "listTaskOutput", "mavenEnabled", "repoInfo", "showSession", "system.methodHelp",
		"system.methodSignature", "tagChangedSinceEvent", "tagFirstChangeEvent", "tagLastChangeEvent",
		"taskFinished", "winEnabled":
		return Reads
	case "_listapi", "downloadTaskOutput", "getActiveRepos", "getAllPerms", "getArchiveTypes", "getBuildLogs",
		"getBuildNotificationBlocks", "getBuildNotifications", "getBuildTargets", "getBuildrootListing",
		"getChangelogEntries", "getExternalRepoList", "getFullInheritance", "getLatestBuilds",
		"getLatestMavenArchives", "getLatestRPMS", "getRPMDeps", "getRPMHeaders", "getTagGroups",
		"getTaskDescendents", "listArchiveFiles", "listArchives", "listBTypes", "listBuildRPMs",
		"listBuildroots", "listBuilds", "listCGs", "listChannels", "listExternalRepos", "listHosts",
		"listPackages", "listPackagesSimple", "listRPMFiles", "listRPMs", "listTagged", "listTaggedArchives",
		"listTaggedRPMS", "listTags", "listTasks", "listUsers", "listVolumes", "queryHistory", "queryRPMSigs",
		"scheduler.getHostData", "scheduler.getLogMessages", "scheduler.getTaskRefusals",
		"scheduler.getTaskRuns", "search", "system.listMethods", "untaggedBuilds":
		return Sweeps
	}
	return Changes
}

// shortAnswer is the maximum number of records in the answer of a call in a multiCall.
const shortAnswer = 100

// IsShort reports whether the arguments limit the answer, either by number or to the
// records of one build or task.
func IsShort(args []any) bool {
	if len(args) == 0 {
		return false
	}
	if limited(args[len(args)-1]) { // listTasks takes its queryOpts as a positional argument
		return true
	}
	named, ok := args[len(args)-1].(xmlrpc.Named)
	if !ok {
		return false
	}
	for _, name := range []string{"taskID", "buildID", "build"} {
		if id, ok := named[name]; ok && id != nil {
			return true
		}
	}
	return limited(named["queryOpts"])
}

// limited reports whether queryOpts limit the number of rows to shortAnswer.
func limited(v any) bool {
	opts, ok := v.(map[string]any)
	if !ok {
		return false
	}
	if count, _ := opts["countOnly"].(bool); count {
		return true
	}
	switch limit := opts["limit"].(type) {
	case int:
		return 0 < limit && limit <= shortAnswer
	case int64:
		return 0 < limit && limit <= shortAnswer
	}
	return false
}
