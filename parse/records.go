package parse

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
	"github.com/kojiwatch/kojiwatch/koji"
)

// task reads Koji's record of a task. Its children, which only Fedora sends,
// go to child; nil skips them.
func (r *reader) task(t *koji.Task, child func(*koji.Task)) {
	var request request
	var result []byte
	r.object(func(name []byte) {
		switch string(name) {
		case "request":
			request = r.request()
		case "result":
			result = r.raw()
		case "children":
			if child == nil {
				r.skip()
				return
			}
			r.array(func() {
				var c koji.Task
				r.task(&c, child)
				child(&c)
			})
		default:
			kojiwire.SetTask(t, name, r.scalar())
		}
	})
	if request.text != nil {
		t.Request = kojiwire.ParseRequestText(t.Method, request.text)
	} else {
		t.Request = kojiwire.ParseRequest(t.Method, request.params)
	}
	if len(result) > 0 && kojiwire.ResultMatters(t.Method) {
		t.Result = kojiwire.ParseResult(t.Method, r.valueOf(result))
	}
}

// request holds the request of a task: decoded, or, in the message about a new
// task, still the text of an XML-RPC call.
type request struct {
	params []any
	text   []byte
}

// request reads the request of a task, but for what nobody looks at. The text
// is good until the next request is read.
func (r *reader) request() request {
	if r.err == nil && r.dec.PeekKind() == '"' {
		r.xml = append(r.xml[:0], r.scalar().Bytes()...)
		return request{text: r.xml}
	}
	r.wants = func(name []byte) bool { return !kojiwire.RequestSkips(name) }
	params, _ := r.value().([]any)
	r.wants = nil
	return request{params: params}
}

// valueOf decodes a JSON text that has been read before.
func (r *reader) valueOf(text []byte) any {
	if r.inner == nil {
		r.inner = newReader()
	}
	r.inner.reset(text)
	return r.inner.value()
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
	kojiwire.CompleteBuild(b)
}

// buildExtra reads what matters of a build's extra: which account imported it,
// which task really built it, what source was asked for, and the types of what
// it made.
func (r *reader) buildExtra(b *koji.Build) {
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

// buildTypes reads the types of what a build made, the names of an object's
// members.
func (r *reader) buildTypes(e *event.Record) {
	r.object(func(name []byte) {
		kojiwire.AddBuildType(e.MakeBuild(), name)
		r.skip()
	})
}

// ref reads a thing's record, or its bare id or name.
func (r *reader) ref(idField, nameField string) koji.Ref {
	var ref koji.Ref
	if !r.isObject() {
		setRef(&ref, r.scalar())
		return ref
	}
	r.object(func(name []byte) {
		switch string(name) {
		case idField:
			ref.ID = r.integer()
		case nameField:
			ref.Name = r.str()
		default:
			r.skip()
		}
	})
	return ref
}

// named reads a record that has an id and a name.
func (r *reader) named() koji.Ref { return r.ref("id", "name") }

// setRef takes a bare number for an id and a bare text for a name.
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

// rpm reads Koji's record of an RPM.
func (r *reader) rpm(rpm *event.RPM) {
	r.object(func(name []byte) { kojiwire.SetRPM(&rpm.RPM, name, r.scalar()) })
}

// buildState reads a state of a build, which is a number in the body and a
// name elsewhere.
func (r *reader) buildState() string {
	v := r.scalar()
	if v.IsText() {
		return koji.BuildStateNamed(v.Str()).String()
	}
	n, ok := v.Int64()
	if !ok {
		return ""
	}
	return koji.BuildStateOf(n).String()
}

// taskState reads a state of a task.
func (r *reader) taskState() string {
	v := r.scalar()
	if v.IsText() {
		return koji.TaskStateNamed(v.Str()).String()
	}
	n, ok := v.Int64()
	if !ok {
		return ""
	}
	return koji.TaskStateOf(n).String()
}
