package taskrequest

// guess reads the request of an unknown method: parameters and options with names used by
// Koji's own methods, and values that have a typical format.
//
// Source: kojihub.policy_data_from_task_args, and beyond it.
func (r *requestReader) guess(a args) {
	r.guessNamed(a.named)
	var last map[string]any
	for _, v := range a.positional {
		switch v := v.(type) {
		case string:
			if isURL(v) || isSRPM(v) {
				r.takeSource(v)
			}
		case map[string]any:
			if !r.guessRecord(v) {
				last = v
			}
		}
	}
	if len(a.positional) == 1 { // everything in one record
		r.guessNamed(last)
	}
	r.guessOptions(last)
}

// guessArch reads the texts other than sources in a request of a task for one arch: the arch,
// and the target if there is no record of it.
func (r *requestReader) guessArch(a args) {
	for _, v := range a.positional {
		text := textOf(v)
		switch {
		case text == "" || isURL(text) || isSRPM(text):
		case isArchName(text):
			setOnce(&r.req.Arch, text)
		case r.req.Target.IsZero():
			r.req.Target.Name = text
		}
	}
}

// isArchName reports whether a text is the name of a usual arch.
func isArchName(text string) bool {
	switch text {
	case "noarch", "x86_64", "i386", "i586", "i686", "aarch64", "armhfp", "armv7hl", "ppc64", "ppc64le", "s390x", "riscv64":
		return true
	}
	return false
}

// guessRecord reads a record that can only be a target, a tag or a build.
func (r *requestReader) guessRecord(record map[string]any) bool {
	switch {
	case hasAll(record, "build_tag_name", "dest_tag_name"):
		r.takeTarget(record)
	case hasAll(record, "perm_id", "arches"):
		r.takeTag(&r.req.Tag, refOf(record))
	case hasAll(record, "nvr"), hasAll(record, "name", "version", "release", "state"):
		r.takeBuild(record)
	default:
		return false
	}
	return true
}

// guessNamed reads named parameters. If Koji has several names for the same thing, the first
// that is given is used.
func (r *requestReader) guessNamed(named map[string]any) {
	if len(named) == 0 {
		return
	}
	for _, p := range [...]parameter{
		may("src", isSource), may("spec_url", isSource), may("url", isSource),
		may("source_url", isSource), may("scmurl", isSource), may("srpm", isSource),
		may("target", isTarget), may("build_target", isTarget), may("target_info", isTarget),
		may("tag", isTag), may("tag_id", isTag), may("tag_info", isTag), may("build_tag", isTag),
		may("build_id", isBuild), may("build", isBuild), may("build_info", isBuild),
		may("name", isName), may("version", isVersion), may("release", isRelease),
		may("arch", isArch), may("arches", isArches),
	} {
		r.guessOne(p, named)
	}
	r.guessOptions(named)
	if opts, ok := named["opts"].(map[string]any); ok {
		r.guessOptions(opts)
	}
}

// guessOne reads a named parameter if its value is plausible: newRepo's src is a flag, and a
// name without a version may be that of a machine.
func (r *requestReader) guessOne(p parameter, named map[string]any) {
	v, ok := named[p.name]
	if !ok || p.says == isName && !hasAll(named, "version") {
		return
	}
	if p.says == isSource && !isURL(textOf(v)) && !isSRPM(textOf(v)) {
		return
	}
	r.take(p, v)
}

// guessOptions reads the options that have the same meaning for all methods.
func (r *requestReader) guessOptions(options map[string]any) {
	for _, p := range [...]parameter{
		may("scratch", isScratch), may("arch_override", isArches), may("arches", isArches),
		may("repo_id", isRepo),
	} {
		if v, ok := options[p.name]; ok {
			r.take(p, v)
		}
	}
}

// complete sets missing fields of a request that does not fit its method by guessing, but
// only fields for which the method has a parameter: the URL in a notification is not a
// source.
func (r *requestReader) complete(s *signature, a args) {
	var g requestReader
	g.guess(a)
	if r.req.Source == "" && (s.has(isSource) || s.has(isContainer)) {
		r.takeSource(g.req.Source)
	}
	if r.req.BuildID == 0 && r.req.BuildNVR == "" && s.has(isBuild) {
		r.req.BuildID, r.req.BuildNVR = g.req.BuildID, g.req.BuildNVR
		setOnce(&r.req.NVR, g.req.BuildNVR)
		setOnce(&r.req.Package, g.req.Package)
	}
	if r.req.Arches == nil && s.has(isArches) {
		r.req.Arches = g.req.Arches
	}
	adopt(s, isWrapTarget, &r.req.Target, g.req.Target)
	adopt(s, isTarget, &r.req.Target, g.req.Target)
	adopt(s, isTag, &r.req.Tag, g.req.Tag)
	adopt(s, isArch, &r.req.Arch, g.req.Arch)
	adopt(s, isRepo, &r.req.RepoID, g.req.RepoID)
	adopt(s, isScratch, &r.req.Scratch, g.req.Scratch)
	adopt(s, isName, &r.name, g.name)
}

// adopt sets a field that is not known yet if the signature has a parameter for it.
func adopt[T comparable](s *signature, says fact, dst *T, v T) {
	var zero T
	if *dst == zero && s.has(says) {
		*dst = v
	}
}

func hasAll(record map[string]any, names ...string) bool {
	for _, name := range names {
		if _, ok := record[name]; !ok {
			return false
		}
	}
	return true
}

// likelyMethod guesses the method of a top-level task from its request, for messages that
// contain only the request of a task.
func likelyMethod(params []any) string {
	a := args{positional: params}
	text := func(place int) bool { return textOf(a.at(place, "")) != "" }
	list := func(place int) bool { return isList(a.at(place, "")) }
	source := textOf(a.at(0, ""))
	switch {
	case isURL(source), isSRPM(source):
		return "build" // or maven, buildContainer, flatpakBuild, which begin with the same parameters
	case list(0) && text(1):
		return "chainbuild"
	case text(0) && list(1) && list(2):
		return "imageBuilderBuild"
	case text(0) && list(1):
		return "kiwiBuild"
	case text(0) && text(1) && text(2) && list(3):
		return "osbuildImage"
	case text(0) && text(1) && list(2):
		return "image"
	case text(0) && text(1) && text(2) && text(3):
		return "livecd"
	}
	return ""
}
