// Package methods says what the methods of the hub do.
package methods

import "github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"

// Kind says what a method does to the hub.
type Kind uint8

// The kinds of method.
const (
	// Changes is a method that changes something, or may.
	Changes Kind = iota
	// Reads is a method that reads one thing or a few.
	Reads
	// Sweeps is a method that reads what can be long, such as all builds of a package. It is
	// not put into a multiCall, where others would wait for it, unless its
	// arguments say that it is short.
	Sweeps
)

// KindOf tells by its name what a method does. A method that is not listed
// here counts as one that changes something.
//
// Source: the exports of kojihub/kojihub.py, kojihub/repos.py and
// kojihub/scheduler.py. Left out are methods that read but for an argument:
// getTagID makes a tag when told to, getRPMChecksums stores what it computes,
// filterResults calls whatever method it is given.
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

// shortAnswer bounds how many things the answer of a call in a multiCall may hold.
const shortAnswer = 100

// IsShort reports whether the arguments bound the answer: by number, or to what
// belongs to one build or task.
func IsShort(args []any) bool {
	if len(args) == 0 {
		return false
	}
	if limited(args[len(args)-1]) { // listTasks takes its queryOpts by place
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

// limited reports whether queryOpts bound the number of rows.
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
