package koji

// KnownMethod reports whether a task method is one of Koji, its builders or common
// plugins. Tasks may have other methods, too.
func KnownMethod(name string) bool {
	switch name {
	case "appliance", "build", "buildContainer", "buildMaven", "buildNotification", "buildSRPMFromCVS", "buildSRPMFromSCM",
		"buildSourceContainer", "chainbuild", "chainmaven", "createGitTag", "default", "dependantTask", "distRepo", "dudBuild",
		"flatpakBuild", "fork",
		"image", "imageBuilderBuild", "indirectionimage", "kiwiBuild", "livecd", "livemedia", "maven", "newRepo",
		"osbuildImage", "pungi_buildinstall", "rebuildSRPM", "restart", "restartHosts", "restartVerify", "runroot", "saveFailedTree", "shutdown",
		"sleep", "someMethod", "subtask", "tagBuild", "tagNotification", "taskNotification", "taskrepos", "vmExec", "waitrepo", "waittest", "winbuild",
		"wrapperRPM":
		return true
	}
	return isPerArch(name)
}

// isPerArch reports whether the label of the method's tasks is their arch.
func isPerArch(name string) bool {
	switch name {
	case "buildArch", "createAppliance", "createContainer", "createDudIso", "createImage", "createKiwiImage",
		"createLiveCD", "createLiveMedia", "createdistrepo", "createrepo", "flatpakBuildArch", "imageBuilderBuildArch":
		return true
	}
	return false
}
