package taskrequest

import (
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
)

// takeVMWork reads the task_info of a Windows build.
func (r *requestReader) takeVMWork(work []any) {
	a := args{positional: work}
	r.takeSource(a.at(0, ""))
	r.takeTag(&r.req.Tag, refOf(a.at(1, "")))
	r.takeOptions([]parameter{may("scratch", isScratch)}, a.at(2, ""))
}

// takeBuildChain reads groups of sources. A source may also be the NVR of a build to wait
// for.
func (r *requestReader) takeBuildChain(groups []any) {
	for _, group := range groups {
		sources, _ := group.([]any)
		if source, ok := group.(string); ok {
			sources = []any{source}
		}
		for _, source := range sources {
			r.addPackage(packageOf(textOf(source)))
		}
	}
	r.onlyPackage()
}

// takeMavenChain reads the packages of a Maven chain and sorts them by name. Their build order
// depends on their requirements, not on the record.
func (r *requestReader) takeMavenChain(builds map[string]any) {
	for name, params := range builds {
		if _, ok := params.(map[string]any); ok {
			r.addPackage(name)
		}
	}
	slices.Sort(r.req.Packages)
	if len(r.req.Packages) == 1 {
		only, _ := builds[r.req.Packages[0]].(map[string]any)
		r.req.Source = koji.CleanSource(textOf(only["scmurl"]))
	}
	r.onlyPackage()
}

// takeNVRs reads the builds that a repository must contain to end the wait.
func (r *requestReader) takeNVRs(list []any) {
	for _, v := range list {
		if n, ok := cutNVR(textOf(v)); ok {
			r.addPackage(n.Name)
		}
	}
	r.onlyPackage()
}

// takeTasks reads tasks that are yet to be created. The result has the values on which they
// all agree, and all their packages.
func (r *requestReader) takeTasks(list []any) {
	if r.nesting == 0 {
		return
	}
	var all []koji.Request
	for _, v := range list {
		task, _ := v.([]any)
		a := args{positional: task}
		params, _ := a.at(1, "").([]any)
		if name := textOf(a.at(0, "")); name != "" {
			all = append(all, parse(name, params, r.nesting-1))
		}
	}
	r.req = agreed(all)
}

// agreed returns a request with the values on which all requests that have them agree.
func agreed(all []koji.Request) koji.Request {
	var q koji.Request
	for _, one := range all {
		for _, name := range append([]string{one.Package}, one.Packages...) {
			q.Packages = addName(q.Packages, name)
		}
	}
	q.Package = agree(all, func(q koji.Request) string { return q.Package })
	q.NVR = agree(all, func(q koji.Request) string { return q.NVR })
	q.Source = agree(all, func(q koji.Request) string { return q.Source })
	q.Scratch = agree(all, func(q koji.Request) koji.Opt[bool] { return q.Scratch })
	q.Arch = agree(all, func(q koji.Request) string { return q.Arch })
	q.Tag = agree(all, func(q koji.Request) koji.Ref { return q.Tag })
	q.FromTag = agree(all, func(q koji.Request) koji.Ref { return q.FromTag })
	q.Target = agree(all, func(q koji.Request) koji.Ref { return q.Target })
	q.BuildID = agree(all, func(q koji.Request) int64 { return q.BuildID })
	q.BuildNVR = agree(all, func(q koji.Request) string { return q.BuildNVR })
	q.RepoID = agree(all, func(q koji.Request) int64 { return q.RepoID })
	if len(all) == 1 {
		q.Arches = all[0].Arches
	}
	return q
}

// agree returns the value of a field if all requests that have one agree; otherwise the zero
// value.
func agree[T comparable](all []koji.Request, get func(koji.Request) T) T {
	var zero, found T
	for _, one := range all {
		switch v := get(one); {
		case v == zero || v == found:
		case found == zero:
			found = v
		default:
			return zero
		}
	}
	return found
}

func (r *requestReader) addPackage(name string) {
	r.req.Packages = addName(r.req.Packages, name)
}

// onlyPackage makes the single package of a chain the package of the task.
func (r *requestReader) onlyPackage() {
	if len(r.req.Packages) == 1 {
		setOnce(&r.req.Package, r.req.Packages[0])
	}
}

func addName(names []string, name string) []string {
	if name == "" || slices.Contains(names, name) {
		return names
	}
	return append(names, name)
}

// packageOf returns the package of a source or an NVR.
func packageOf(text string) string {
	if strings.IndexByte(text, '/') < 0 && !isSRPM(text) {
		n, _ := cutNVR(text)
		return n.Name
	}
	return sourcePackage(koji.CleanSource(text))
}
