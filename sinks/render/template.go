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

// Template renders events as text. It is safe for concurrent use.
type Template struct {
	shape object
	runs  sync.Pool // of *run
}

// Parse parses a template and checks it with samples of every type of event. The name,
// such as the path of its file, is used in errors. The template's data is the event's JSON.
// Members that an event lacks are empty, and Parse reports names that no event has.
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

// Render returns the text for an event. [ErrSlow] means that it took too long; any other
// error is permanent.
func (t *Template) Render(e *event.Event) ([]byte, error) {
	data, err := dataOf(e, t.shape)
	if err != nil {
		return nil, err
	}
	return t.render(data)
}

// maxLine bounds what Line returns, in bytes.
const maxLine = 1 << 10

// Line renders an event as one line for a header: at most 1 KiB, without invisible
// characters.
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

// run is a copy of the template with a limiter of its own, for one goroutine at a time.
type run struct {
	template *template.Template
	limiter  limiter
	err      error // of cloning the template
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

var errTooLong = errors.New("the template produces more than 1 MiB of text")

// check renders the samples of every type of event.
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
