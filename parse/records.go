package parse

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
	"github.com/kojiwatch/kojiwatch/internal/taskrequest"
	"github.com/kojiwatch/kojiwatch/koji"
)

// asked has the request and the result of a task. They can only be interpreted together with
// the method, which may come later in the body.
type asked struct {
	params []any  // the parameters of the request
	text   []byte // the request as an encoded XML-RPC call, as for a new task
	result []byte
}

// record reads Koji's record of a task. It returns the request and result undecoded. It
// passes the task's children, which only Fedora sends, to child; nil skips them.
func (r *reader) record(t *koji.Task, child func(*koji.Task)) (a asked) {
	r.object(func(name []byte) {
		switch string(name) {
		case "request":
			a.params, a.text = r.request()
		case "result":
			a.result = r.raw()
		case "children":
			if child == nil {
				r.skip()
				return
			}
			r.array(func() {
				var c koji.Task
				r.understand(&c, r.record(&c, child))
				child(&c)
			})
		default:
			kojiwire.SetTask(t, name, r.scalar())
		}
	})
	return a
}

// understandSaid interprets the request and the result of the body's task. If the record has no
// request, it uses the one outside the record.
func (r *reader) understandSaid(t *koji.Task) {
	a := r.said.asked
	if a.params == nil && a.text == nil && r.said.request != nil {
		r.readAgain(r.said.request)
		a.params, a.text = r.inner.request()
	}
	r.understand(t, a)
}

// understand reads the request and the result that a task's record has.
func (r *reader) understand(t *koji.Task, a asked) {
	if a.text != nil {
		t.Request = r.requests.Parse(t.Method, a.text)
	} else {
		t.Request = taskrequest.Parse(t.Method, a.params)
	}
	if len(a.result) > 0 && taskrequest.ResultMatters(t.Method) {
		t.Result = taskrequest.ParseResult(t.Method, r.valueOf(a.result))
	}
}

// request reads the request of a task, without members that are never used. It returns the
// parameters, or a text, which is valid until the next request is read.
func (r *reader) request() (params []any, text []byte) {
	if r.err == nil && r.dec.PeekKind() == '"' {
		r.xml = append(r.xml[:0], r.scalar().Bytes()...)
		return nil, r.xml
	}
	r.wants = func(name []byte) bool { return !taskrequest.Skips(name) }
	params, _ = r.value().([]any)
	r.wants = nil
	return params, nil
}

// valueOf decodes a JSON text that was skipped before.
func (r *reader) valueOf(text []byte) any {
	r.readAgain(text)
	return r.inner.value()
}

// readAgain starts reading a JSON text that was skipped before with the inner reader.
func (r *reader) readAgain(text []byte) {
	if r.inner == nil {
		r.inner = newReader()
	}
	r.inner.reset(text)
}

// build reads Koji's record of a build.
func (r *reader) build(b *koji.Build) {
	r.object(func(name []byte) {
		if string(name) == "extra" {
			r.buildExtra(b)
			return
		}
		kojiwire.SetBuild(b, name, r.scalar())
	})
}

// buildOrID reads Koji's record of a build, or only its id or name.
func (r *reader) buildOrID(e *event.Record) {
	r.said.expected = true
	if r.isObject() {
		r.build(e.MakeBuild())
		return
	}
	field := "id"
	v := r.scalar()
	if _, isID := v.Int64(); !isID {
		field = "nvr"
	}
	kojiwire.SetBuild(e.MakeBuild(), []byte(field), v)
}

// buildExtra reads the relevant members of a build's extra: the account that imported it, the
// task that really built it, the requested source, and the build types. Some hubs send the
// extra as JSON text.
func (r *reader) buildExtra(b *koji.Build) {
	if !r.isObject() {
		if v := r.scalar(); v.IsText() {
			kojiwire.SetBuildExtraText(b, v.Bytes())
		}
		return
	}
	r.object(func(name []byte) {
		switch string(name) {
		case "typeinfo":
			r.object(func(name []byte) {
				kojiwire.AddBuildType(b, name)
				r.skip()
			})
		case "source":
			r.object(func(name []byte) {
				original := string(name) == "original_url"
				if v := r.scalar(); original {
					kojiwire.SetBuildExtra(b, []byte("source.original_url"), v)
				}
			})
		default:
			kojiwire.SetBuildExtra(b, name, r.scalar())
		}
	})
}

// buildTypes reads build types, which are the names of an object's members.
func (r *reader) buildTypes(e *event.Record) {
	r.object(func(name []byte) {
		kojiwire.AddBuildType(e.MakeBuild(), name)
		r.skip()
	})
}

// ref reads an object's record, or only its id or name.
func (r *reader) ref(ref *koji.Ref) {
	if !r.isObject() {
		setRef(ref, r.scalar())
		return
	}
	r.object(func(name []byte) {
		switch string(name) {
		case "id":
			ref.ID = r.integer()
		case "name":
			ref.Name = r.str()
		default:
			r.skip()
		}
	})
}

// expected is ref for an object that events of this type are about.
func (r *reader) expected(ref *koji.Ref) {
	r.said.expected = true
	r.ref(ref)
}

// setRef sets the id from a number or the name from a text.
func setRef(ref *koji.Ref, v kojiwire.Scalar) {
	if v.IsText() {
		ref.Name = v.Str()
	} else if n, ok := v.Int64(); ok {
		ref.ID = n
	}
}

// repo reads Koji's record of a repository.
func (r *reader) repo(repo *koji.Repo) {
	r.object(func(name []byte) { kojiwire.SetRepo(repo, name, r.scalar()) })
}

// rpm reads Koji's record of an RPM. In hubs before 1.11 it contains the signing key.
func (r *reader) rpm(rpm *event.RPM) {
	r.object(func(name []byte) {
		if string(name) == "sigkey" {
			rpm.SigKey = r.str()
			return
		}
		kojiwire.SetRPM(&rpm.RPM, name, r.scalar())
	})
}

// buildState parses the state of a build, which is a number in most bodies and a name in
// others.
func buildState(v kojiwire.Scalar) string {
	if s := koji.BuildStateNamed(v.Str()); s != koji.BuildUnknown {
		return s.String()
	}
	n, ok := v.Int64()
	if !ok {
		return ""
	}
	return koji.BuildStateOf(n).String()
}

// taskState parses the state of a task.
func taskState(v kojiwire.Scalar) string {
	if s := koji.TaskStateNamed(v.Str()); s != koji.TaskUnknown {
		return s.String()
	}
	n, ok := v.Int64()
	if !ok {
		return ""
	}
	return koji.TaskStateOf(n).String()
}
