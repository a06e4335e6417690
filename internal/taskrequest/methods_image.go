package taskrequest

// imageMethods are the tasks for Koji's own images: one for the whole image, and below it
// one for each arch.
func imageMethods() []method {
	one4All := []parameter{
		may("scratch", isScratch), may("release", isRelease), may("repo_id", isRepo),
	}
	whole := func(name, archName string, archSays fact, source string) method {
		return method{name: name, decides: true, signatures: one(
			must("name", isName), must("version", isVersion), must(archName, archSays),
			must("target", isTarget), must(source, nothing), opts(one4All...),
		)}
	}
	return []method{
		whole("image", "arches", isArches, "inst_tree"),
		whole("livemedia", "arches", isArches, "ksfile"),
		whole("livecd", "arch", isArch, "ksfile"),
		whole("appliance", "arch", isArch, "ksfile"),
		imagePart("createImage", must("inst_tree", nothing)),
		imagePart("createLiveMedia", must("ksfile", nothing)),
		imagePart("createLiveCD", must("ksfile", nothing)),
		imagePart("createAppliance", must("ksfile", nothing)),
		{name: "indirectionimage", decides: true, signatures: one(
			mustOpts("opts",
				may("name", isName), may("version", isVersion), may("release", isRelease),
				may("arch", isArch), may("target", isTarget), may("scratch", isScratch)),
		)},
	}
}

// imagePart describes the task for one arch of an image. differ are the parameters in which
// the methods differ.
func imagePart(name string, differ ...parameter) method {
	params := []parameter{
		must("name", isName), must("version", isVersion), must("release", isRelease), must("arch", isArch),
		must("target_info", isTarget), must("build_tag", isTag), must("repo_info", isRepo),
	}
	params = append(params, differ...)
	params = append(params, opts(may("scratch", isScratch)))
	return method{name: name, perArch: true, signatures: one(params...)}
}

// imagePluginMethods are the tasks for images of kiwi, driver update disks, koji-osbuild and
// koji-image-builder.
func imagePluginMethods() []method {
	return []method{
		{name: "kiwiBuild", decides: true, signatures: one(
			must("target", isTarget), must("arches", isArches), must("desc_url", isDescription),
			must("desc_path", nothing), opts(may("scratch", isScratch), may("repo_id", isRepo)),
		)},
		imagePart("createKiwiImage", must("desc_url", isDescription), must("desc_path", nothing)),
		{name: "dudBuild", decides: true, signatures: one(
			must("dud_name", isName), must("dud_version", isVersion), must("arches", isArches),
			must("target", isTarget), must("pkg_list", nothing),
			opts(may("scratch", isScratch), may("release", isRelease), may("repo_id", isRepo)),
		)},
		imagePart("createDudIso", must("pkg_list", nothing)),
		{name: "osbuildImage", decides: true, signatures: one(
			must("name", isName), must("version", isVersion), must("distro", nothing),
			must("image_types", nothing), must("target", isTarget), must("arches", isArches),
			opts(may("scratch", isScratch), may("release", isRelease)),
		)},
		{name: "imageBuilderBuild", decides: true, signatures: []signature{
			{params: []parameter{
				must("target", isTarget), must("arches", isArches), must("types", areTypes), must("name", isName),
				must("version", isVersion),
				opts(may("scratch", isScratch), may("release", isRelease), may("repo_id", isRepo)),
			}},
			{params: []parameter{ // before types were added
				must("target", isTarget), must("requested_arches", isArches), must("defs_url", isDescription),
				must("defs_path", nothing), opts(may("scratch", isScratch)),
			}},
		}},
		{name: "imageBuilderBuildArch", perArch: true, signatures: one(
			must("name", isName), must("version", isVersion), must("release", isRelease),
			must("arch", isArch), must("types", nothing), must("target_info", isTarget),
			must("build_config", isTag), // the build tag's record with further members
			must("repo_info", isRepo), opts(may("scratch", isScratch)),
		)},
	}
}

// containerMethods are the tasks of koji-containerbuild (OSBS) and koji-flatpak.
func containerMethods() []method {
	return []method{
		{name: "buildContainer", decides: true, signatures: one(
			must("src", isContainer), must("target", isTarget),
			opts(may("scratch", isScratch), may("arch_override", isArches), may("flatpak", isFlatpak)),
		)},
		{name: "buildSourceContainer", decides: true, signatures: one(
			must("target", isTarget), opts(may("scratch", isScratch),
				may("koji_build_id", isSourceOf), may("koji_build_nvr", isSourceOf)),
		)},
		{name: "flatpakBuild", decides: true, signatures: one(
			must("src", isSource), must("target", isTarget),
			opts(may("scratch", isScratch), may("arch_override", isArches), may("repo_id", isRepo)),
		)},
		// The parameters are not documented: they are guessed from their values.
		{name: "flatpakBuildArch", perArch: true},
		{name: "createContainer", perArch: true, signatures: []signature{{ // obsolete
			params: []parameter{
				must("src", isContainer), must("target_info", isTarget), must("arch", isArch),
			},
			variadic: true, // further parameters varied
		}}},
	}
}
