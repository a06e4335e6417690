package taskrequest

import (
	"cmp"

	"github.com/kojiwatch/kojiwatch/koji"
)

// requestReader builds a Request from parameters. If several parameters set the same field,
// the first is used.
type requestReader struct {
	req                    koji.Request
	name, version, release string   // of an image
	buildTag               koji.Ref // of the target's record
	container, flatpak     bool
	strange                bool // the options are not a record
	nesting                int  // the remaining nesting of tasks in the request
}

// take reads a parameter or a member of options. It ignores a value of an unsuitable type.
func (r *requestReader) take(p parameter, v any) {
	switch p.says {
	case nothing:
	case areOptions:
		r.takeOptions(p.members, v)
	case isName:
		setOnce(&r.name, labelOf(v))
	case isVersion:
		setOnce(&r.version, labelOf(v))
	case isRelease:
		setOnce(&r.release, labelOf(v))
	case isArch:
		setOnce(&r.req.Arch, textOf(v))
	case isArches:
		if r.req.Arches == nil {
			r.req.Arches = archesOf(v)
		}
	case isScratch:
		if !r.req.Scratch.Known {
			r.req.Scratch = koji.Some(truthOf(v))
		}
	case isFlatpak:
		r.flatpak = truthOf(v)
	case isRepo:
		if r.req.RepoID == 0 {
			r.req.RepoID = recordID(v, "id")
		}
	default:
		r.takeThing(p.says, v)
	}
}

// takeThing reads a parameter that names an object of the hub or a source.
func (r *requestReader) takeThing(says fact, v any) {
	switch says {
	case isTarget:
		r.takeTarget(v)
	case isWrapTarget:
		r.takeTarget(v)
		r.takeTag(&r.req.Tag, r.buildTag)
	case isTag:
		r.takeTag(&r.req.Tag, refOf(v))
	case isFromTag:
		r.takeTag(&r.req.FromTag, refOf(v))
	case isBuild:
		r.takeBuild(v)
	case isSourceOf:
		r.takeSourceOf(v)
	case isSource:
		r.takeSource(v)
	case isContainer:
		r.container = true
		r.takeSource(v)
	case isDescription:
		setOnce(&r.req.Source, koji.CleanSource(textOf(v)))
	default:
		r.takeMany(says, v)
	}
}

// takeMany reads a parameter that contains several values.
func (r *requestReader) takeMany(says fact, v any) {
	list, _ := v.([]any)
	switch says {
	case areNVRs:
		r.takeNVRs(list)
	case isVMWork:
		r.takeVMWork(list)
	case isBuildChain:
		r.takeBuildChain(list)
	case isMavenChain:
		builds, _ := v.(map[string]any)
		r.takeMavenChain(builds)
	case areTasks:
		r.takeTasks(list)
	}
}

func (r *requestReader) takeOptions(members []parameter, v any) {
	options, ok := v.(map[string]any)
	if !ok && v != nil {
		r.strange = true
	}
	for _, p := range members {
		if v, ok := options[p.name]; ok {
			r.take(p, v)
		}
	}
}

func (r *requestReader) takeTarget(v any) {
	if r.req.Target.IsZero() {
		r.req.Target = refOf(v)
	}
	if record, ok := v.(map[string]any); ok {
		r.buildTag = koji.Ref{ID: idOf(record["build_tag"]), Name: textOf(record["build_tag_name"])}
	}
}

func (r *requestReader) takeTag(dst *koji.Ref, ref koji.Ref) {
	if dst.IsZero() {
		*dst = ref
	}
}

// takeSource reads an SCM URL, a source RPM's path or, in old requests, the record of a
// package.
func (r *requestReader) takeSource(v any) {
	if record, ok := v.(map[string]any); ok {
		setOnce(&r.req.Package, textOf(record["name"]))
		return
	}
	text := textOf(v)
	if text == "" || r.req.Source != "" {
		return
	}
	r.req.Source = koji.CleanSource(text)
	if isSRPM(r.req.Source) {
		name, nvr := srpmNVR(r.req.Source)
		setOnce(&r.req.Package, name)
		setOnce(&r.req.NVR, nvr)
		return
	}
	setOnce(&r.req.Package, sourcePackage(r.req.Source))
}

// takeBuild reads a build's id, NVR or record. It takes precedence over the guess from a URL.
func (r *requestReader) takeBuild(v any) {
	id, n, nvr := buildOf(v)
	if r.req.BuildID == 0 {
		r.req.BuildID = id
	}
	if nvr != "" && r.req.BuildNVR == "" {
		r.req.BuildNVR, r.req.NVR, r.req.Package = nvr, nvr, n
	}
}

// takeSourceOf reads the build whose sources go into a source container, which OSBS names
// after the build's package.
func (r *requestReader) takeSourceOf(v any) {
	id, name, nvr := buildOf(v)
	if r.req.BuildID == 0 {
		r.req.BuildID = id
	}
	if nvr != "" && r.req.BuildNVR == "" {
		r.req.BuildNVR, r.req.Package = nvr, name+"-source"
	}
}

// request returns the request, after setting fields that depend on several parameters.
func (r *requestReader) request() koji.Request {
	if r.name != "" {
		r.req.Package = r.name
		if r.version != "" && r.release != "" {
			r.req.NVR = r.name + "-" + r.version + "-" + r.release
		}
	}
	// The name of a container is a label in its Dockerfile. By convention, except
	// for flatpaks, it is the name of the repository with this suffix.
	if r.container && !r.flatpak && r.req.Package != "" {
		r.req.Package += "-container"
	}
	tag := &r.req.Tag
	switch {
	case tag.ID != 0 && tag.ID == r.buildTag.ID:
		setOnce(&tag.Name, r.buildTag.Name)
	case tag.ID == 0 && tag.Name != "" && tag.Name == r.buildTag.Name:
		tag.ID = r.buildTag.ID
	}
	return r.req
}

// buildOf returns the id, name and NVR of a build given by id, NVR or record, as far as
// known.
func buildOf(v any) (id int64, name, nvr string) {
	switch v := v.(type) {
	case string:
		n, ok := cutNVR(v)
		if !ok {
			return idOf(v), "", ""
		}
		return 0, n.Name, n.String()
	case map[string]any:
		id = recordID(v, "id")
		if id == 0 {
			id = recordID(v, "build_id")
		}
		name, nvr = recordNVR(v)
		return id, name, nvr
	}
	return idOf(v), "", ""
}

// recordNVR returns the name and the NVR in a record of a build. The NVR is empty if the
// record has no NVR and lacks one of its parts.
func recordNVR(record map[string]any) (name, nvr string) {
	name = cmp.Or(textOf(record["name"]), textOf(record["package_name"]))
	n, ok := cutNVR(textOf(record["nvr"]))
	if !ok {
		n = koji.NVR{Name: name, Version: labelOf(record["version"]), Release: labelOf(record["release"])}
		ok = n.Name != "" && n.Version != "" && n.Release != ""
	}
	if !ok {
		return name, ""
	}
	return n.Name, n.String()
}

// recordID returns an id, which may be inside a record.
func recordID(v any, field string) int64 {
	if record, ok := v.(map[string]any); ok {
		return idOf(record[field])
	}
	return idOf(v)
}

func setOnce(dst *string, text string) {
	if *dst == "" {
		*dst = text
	}
}
