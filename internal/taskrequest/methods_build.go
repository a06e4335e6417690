package taskrequest

// buildMethods are the tasks that build RPMs.
func buildMethods() []method {
	return []method{
		{name: "build", decides: true, signatures: one(
			must("src", isSource),
			must("target", isTarget), // null, or a build tag's name, if opts has a repo_id
			opts(may("scratch", isScratch), may("arch_override", isArches), may("repo_id", isRepo)),
		)},
		{name: "buildArch", perArch: true, signatures: one(
			must("pkg", isSource), // the package's record in old requests
			must("root", isTag), must("arch", isArch), must("keep_srpm", nothing),
			opts(may("repo_id", isRepo)),
		)},
		{name: "buildSRPMFromSCM", signatures: []signature{
			{params: []parameter{
				must("url", isSource), must("build_tag", isTag),
				opts(may("scratch", isScratch), may("repo_id", isRepo)),
			}},
			{params: []parameter{must("url", isSource)}}, // in old requests
		}},
		{name: "buildSRPMFromCVS", signatures: one(must("url", isSource))}, // obsolete
		{name: "rebuildSRPM", signatures: one(
			must("srpm", isSource), must("build_tag", isTag),
			opts(may("scratch", isScratch), may("repo_id", isRepo)),
		)},
		{name: "wrapperRPM", decides: true, signatures: one(
			must("spec_url", isSource), must("build_target", isWrapTarget), must("build", isBuild),
			must("task", nothing), opts(may("scratch", isScratch), may("repo_id", isRepo)),
		)},
	}
}

// chainMethods are the tasks of chain, Maven and Windows builds.
func chainMethods() []method {
	return []method{
		{name: "chainbuild", decides: true, signatures: one(
			must("srcs", isBuildChain), must("target", isTarget), opts(may("scratch", isScratch)),
		)},
		{name: "maven", decides: true, signatures: one(
			must("url", isSource), must("target", isTarget),
			opts(may("scratch", isScratch), may("repo_id", isRepo)),
		)},
		{name: "buildMaven", signatures: one(
			must("url", isSource), must("build_tag", isTag),
			opts(may("scratch", isScratch), may("repo_id", isRepo)),
		)},
		{name: "chainmaven", decides: true, signatures: one(
			must("builds", isMavenChain), must("target", isTarget), opts(may("scratch", isScratch)),
		)},
		{name: "winbuild", decides: true, signatures: one(
			must("name", nothing), // of the virtual machine
			must("source_url", isSource), must("target", isTarget),
			mustOpts("opts", may("scratch", isScratch), may("repo_id", isRepo)),
		)},
		{name: "vmExec", signatures: one(
			must("name", nothing), // of the virtual machine
			must("task_info", isVMWork), mustOpts("opts", may("scratch", isScratch)),
		)},
	}
}
