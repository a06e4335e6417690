package taskrequest

import "github.com/kojiwatch/kojiwatch/koji"

// Parse returns what the request of a task of the given method says.
// The parameters are the decoded values of the request: nil, bool, int64,
// float64, string, []any and map[string]any. They may be in any of Koji's three
// styles: by place, by place and then by name, or all by name.
//
// Any method and any parameters will do. A request that fits no known way of
// calling its method is read as far as it goes, and the request of an unknown
// method is guessed at; what cannot be made out stays unknown. Without a method
// the request is read as what it looks like.
func Parse(method string, params []any) koji.Request {
	return parse(method, params, maxNesting)
}

// maxNesting bounds how far tasks in the requests of tasks are looked into.
const maxNesting = 4

func parse(name string, params []any, nesting int) koji.Request {
	a := argsOf(params)
	r := requestReader{nesting: nesting}
	if name == "" && a.marker == "" {
		name = likelyMethod(params)
	}
	m := methods[name]
	if m == nil {
		r.guess(a)
		return r.request()
	}
	if len(m.signatures) == 0 {
		r.guess(a)
		r.guessArch(a)
		return r.request()
	}
	s, fits := m.signatureFor(a)
	for i, p := range s.params {
		r.take(p, a.at(i, p.name))
	}
	if !fits {
		r.complete(s, a)
	} else if m.decides && !r.strange && !r.req.Scratch.Known {
		r.req.Scratch = koji.Some(false)
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
