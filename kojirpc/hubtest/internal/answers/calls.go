package answers

import "github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"

// Answer computes the result of a call.
type Answer func(*Reader, *python.Arguments) (any, error)

// Calls returns the calls that only read, by name.
func Calls() map[string]Answer {
	return map[string]Answer{
		"downloadTaskOutput":      downloadTaskOutput,
		"getAverageBuildDuration": getAverageBuildDuration,
		"getBuild":                getBuild,
		"getBuildTarget":          getBuildTarget,
		"getBuildTargets":         getBuildTargets,
		"getChannel":              getChannel,
		"getEvent":                getEvent,
		"getHost":                 getHost,
		"getLastEvent":            getLastEvent,
		"getLatestBuilds":         getLatestBuilds,
		"getPackage":              getPackage,
		"getPackageID":            getPackageID,
		"getRPM":                  getRPM,
		"getRepo":                 getRepo,
		"getTag":                  getTag,
		"getTagID":                getTagID,
		"getTaskChildren":         getTaskChildren,
		"getTaskDescendents":      getTaskDescendents,
		"getTaskInfo":             getTaskInfo,
		"getTaskRequest":          getTaskRequest,
		"getTaskResult":           getTaskResult,
		"listArchives":            listArchives,
		"listBTypes":              listBTypes,
		"listBuilds":              listBuilds,
		"listChannels":            listChannels,
		"listHosts":               listHosts,
		"listPackagesSimple":      listPackagesSimple,
		"listRPMs":                listRPMs,
		"listTagged":              listTagged,
		"listTags":                listTags,
		"listTaskOutput":          listTaskOutput,
		"listTasks":               listTasks,
		"listUsers":               listUsers,
		"queryHistory":            queryHistory,
		"repo.query":              queryRepos,
		"repoInfo":                repoInfo,
		"taskFinished":            taskFinished,
	}
}
