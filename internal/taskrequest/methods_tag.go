package taskrequest

// tagMethods are the tasks that tag builds and send notifications. In requests of
// notifications, only the build and its tags are read: the rest is about the recipients.
func tagMethods() []method {
	return []method{
		{name: "tagBuild", signatures: one(
			must("tag_id", isTag), must("build_id", isBuild), may("force", nothing),
			may("fromtag", isFromTag), may("ignore_success", nothing),
		)},
		{name: "createGitTag", signatures: one(must("scm_url", isSource), must("tag_name", nothing))}, // a git tag
		{name: "tagNotification", signatures: one(
			must("recipients", nothing), must("is_successful", nothing),
			must("tag_info", isTag),      // null if a build is only untagged
			must("from_info", isFromTag), // null if a build is only tagged
			must("build_info", isBuild), must("user_info", nothing), may("ignore_success", nothing),
			may("failure_msg", nothing),
		)},
		{name: "buildNotification", signatures: one(
			must("recipients", nothing), must("build", isBuild), must("target", isTarget),
			must("weburl", nothing),
		)},
	}
}
