package render

import (
	"bytes"
	"errors"
	"fmt"
	"sync"
	"text/template"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// Template makes text of events. It is safe for concurrent use.
type Template struct {
	shape object
	runs  sync.Pool // of *run
}

// Parse reads a template. The name is for errors, such as the path of its file.
// The data are the event's JSON; what an event lacks is empty text, so a name that
// no event has is found here and not with the first event.
func Parse(name, text string) (*Template, error) {
	shape, err := shapeOfEvents()
	if err != nil {
		return nil, err
	}
	parsed, err := template.New(name).Option("missingkey=error").Funcs(functions(new(limiter))).Parse(text)
	if err != nil {
		return nil, unknownFunction(err)
	}
	if err := checkNames(parsed, shape); err != nil {
		return nil, err
	}
	if err := limitLoops(parsed); err != nil {
		return nil, err
	}
	t := &Template{shape: shape}
	t.runs.New = func() any { return newRun(parsed) }
	return t, t.check()
}

// Render returns the text of an event. [ErrSlow] means that it took too long; every
// other error would come again.
func (t *Template) Render(e *event.Event) ([]byte, error) {
	data, err := dataOf(e, t.shape)
	if err != nil {
		return nil, err
	}
	return t.render(data)
}

// maxLine bounds what Line returns, in bytes.
const maxLine = 1 << 10

// Line renders a text for a header: one line of at most 1 KiB, of which all can be
// seen.
func (t *Template) Line(e *event.Event) (string, error) {
	text, err := t.Render(e)
	return format.Header(string(text), maxLine), err
}

func (t *Template) render(data object) ([]byte, error) {
	r := t.runs.Get().(*run)
	defer t.runs.Put(r)
	out, err := r.execute(data)
	return out, unknownName(err, t.shape)
}

// run holds a template that one goroutine at a time executes, with its limiter.
type run struct {
	template *template.Template
	limiter  limiter
	err      error // of making it
}

func newRun(parsed *template.Template) *run {
	r := &run{}
	if r.template, r.err = parsed.Clone(); r.err == nil {
		r.template.Funcs(functions(&r.limiter))
	}
	return r
}

func (r *run) execute(data object) ([]byte, error) {
	if r.err != nil {
		return nil, r.err
	}
	r.limiter.begin()
	out := &bounded{left: maxText}
	if err := r.template.Execute(out, data); err != nil {
		return nil, err
	}
	return out.buf.Bytes(), nil
}

// bounded buffers text up to a limit.
type bounded struct {
	buf  bytes.Buffer
	left int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errTooLong
	}
	return b.buf.Write(p)
}

var errTooLong = errors.New("the template makes more than 1 MiB of it")

// check renders events of every type: one as a hub makes it, one that says
// nothing, and one that has every member.
func (t *Template) check() error {
	data, err := samples(t.shape)
	if err != nil {
		return err
	}
	for _, d := range data {
		if _, err := t.render(d); err != nil {
			return fmt.Errorf("for an event of type %s: %w", d["type"], err)
		}
	}
	return nil
}
