package taskrequest

// repoMethods are the tasks that create repositories or wait for them, or use them.
func repoMethods() []method {
	return []method{
		{name: "newRepo", signatures: one(
			must("tag", isTag), // its id, name or record, depending on the hub's version
			may("event", nothing), may("src", nothing), may("debuginfo", nothing),
			may("separate_src", nothing), may("opts", nothing),
		)},
		{name: "createrepo", perArch: true, signatures: []signature{
			{params: []parameter{must("repo_id", isRepo), must("arch", isArch), must("oldrepo", nothing)}},
			{params: []parameter{ // in old requests
				must("repo_id", isRepo), must("arch", isArch), must("oldrepo", nothing),
				must("external_repos", nothing),
			}},
		}},
		{name: "distRepo", signatures: one(
			must("tag", isTag), must("repo_id", isRepo), must("keys", nothing),
			mustOpts("task_opts", may("arch", isArches)),
		)},
		{name: "createdistrepo", perArch: true, signatures: one(
			must("tag", isTag), must("repo_id", isRepo), must("arch", isArch), must("keys", nothing),
			must("opts", nothing),
		)},
		{name: "waitrepo", signatures: one(
			must("tag", isTag), may("newer_than", nothing), may("nvrs", areNVRs), may("min_event", nothing),
		)},
		{name: "pungi_buildinstall", signatures: one(
			must("tag", isTag), must("arch", isArch), may("packages", nothing), may("mounts", nothing),
			may("weight", nothing), may("lorax_args", nothing), may("chown_uid", nothing),
		)},
		{name: "runroot", signatures: one(
			must("root", isTag), must("arch", isArch), must("command", nothing), may("keep", nothing),
			may("packages", nothing), may("mounts", nothing), may("repo_id", isRepo),
			may("skip_setarch", nothing), may("weight", nothing), may("upload_logs", nothing),
			may("new_chroot", nothing),
		)},
	}
}
