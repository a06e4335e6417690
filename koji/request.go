package koji

// Request is what the request of a task says of the work it asks for. What the
// request leaves open is the zero value: an empty text, a zero id, an unknown
// Opt.
type Request struct {
	// Package is the name of the package the work is for. It is certain where
	// the request names a source RPM, a build or an image, and a guess from
	// the last element of the URL where it names an SCM.
	Package string
	// NVR is the name-version-release of what is built, or of the build the
	// task is about. A source RPM that is built again may end with another
	// release than its file name says.
	NVR string
	// Source is the SCM URL without credentials, or the path of a source RPM
	// in the hub's work directory.
	Source string
	// Scratch is unknown where only the parent task can say it.
	Scratch Opt[bool]
	// Arch is the one arch the work is for.
	Arch string
	// Arches are the arches the work is for where the request lists them.
	Arches []string
	// Tag is the tag the work is about: where a build goes, whose repository
	// is made, or from which a buildroot is filled.
	Tag Ref
	// FromTag is the tag a build is moved out of.
	FromTag Ref
	// Target is the build target.
	Target Ref
	// BuildID is the existing build the task is about.
	BuildID int64
	// BuildNVR is the name-version-release of that build.
	BuildNVR string
	// Packages are the packages of a chain of builds, in its order.
	Packages []string
	// RepoID is the repository the work uses or makes.
	RepoID int64
}

// ParseRequest returns what the request of a task of the given method says.
// The parameters are the decoded values of the request: nil, bool, int64,
// float64, string, []any and map[string]any. They may be in any of Koji's three
// styles: by place, by place and then by name, or all by name.
//
// Any method and any parameters will do. A request that fits no known way of
// calling its method is read as far as it goes, and the request of an unknown
// method is guessed at; what cannot be made out stays unknown.
func ParseRequest(method string, params []any) Request {
	return parseRequest(method, params, maxNesting)
}

// maxNesting bounds how far tasks in the requests of tasks are looked into.
const maxNesting = 4

func parseRequest(name string, params []any, nesting int) Request {
	a := argsOf(params)
	r := requestReader{nesting: nesting}
	m := methods[name]
	if m == nil {
		r.guess(a)
		return r.request()
	}
	s, fits := m.signatureFor(a)
	for i, p := range s.params {
		r.take(p, a.at(i, p.name))
	}
	if !fits {
		r.complete(s, a)
	} else if m.decides && !r.strange && !r.req.Scratch.Known {
		r.req.Scratch = Some(false)
	}
	return r.request()
}

// signatureFor returns the first signature that fits a request, else the first
// of all.
func (m *method) signatureFor(a args) (s *signature, fits bool) {
	for i := range m.signatures {
		if m.signatures[i].fits(a) {
			return &m.signatures[i], true
		}
	}
	return &m.signatures[0], false
}
