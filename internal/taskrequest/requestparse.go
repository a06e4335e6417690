package taskrequest

import "github.com/kojiwatch/kojiwatch/koji"

// Parse parses the request of a task of the given method. The parameters are decoded values:
// nil, bool, int64, float64, string, []any and map[string]any. They may have any of Koji's
// three styles: positional, positional and then named, or all named.
//
// Any method and any parameters are accepted. If a request does not fit its method, or the
// method is unknown, Parse reads or guesses as much as possible and leaves the rest unknown.
// If method is empty, Parse guesses it from the request.
func Parse(method string, params []any) koji.Request {
	return parse(method, params, maxNesting)
}

// maxNesting is the maximum nesting of tasks inside the requests of tasks.
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

// signatureFor returns the first signature that fits a request; if none fits, the first one.
func (m *method) signatureFor(a args) (s *signature, fits bool) {
	for i := range m.signatures {
		if m.signatures[i].fits(a) {
			return &m.signatures[i], true
		}
	}
	return &m.signatures[0], false
}
