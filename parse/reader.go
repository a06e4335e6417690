package parse

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/internal/kojiwire"
	"github.com/kojiwatch/kojiwatch/internal/taskrequest"
	"github.com/kojiwatch/kojiwatch/koji"
)

// reader reads a JSON text. After the first error all calls do nothing, so that code that
// reads records need not check for errors.
type reader struct {
	dec  *jsontext.Decoder
	buf  *bytes.Buffer
	body []byte
	// name and text are buffers for the value that is being read, id and names for
	// the input of the event id's hash.
	name, text []byte
	id         []byte
	names      []string
	items      []any  // of arrays under construction
	section    []byte // encoded application properties
	xml        []byte // the request of a new task
	requests   taskrequest.TextParser
	inner      *reader // reads parts of the body again
	said       said
	task       koji.Task // of a build's event
	err        error
	// wants selects the members that value keeps; nil keeps all.
	wants func(name []byte) bool
}

func newReader() *reader {
	buf := new(bytes.Buffer)
	return &reader{buf: buf, dec: jsontext.NewDecoder(buf)}
}

// reset starts reading a new text.
func (r *reader) reset(body []byte) {
	r.body, r.err = body, nil
	r.items = r.items[:0]
	r.said = said{}
	*r.buf = *bytes.NewBuffer(body)
	r.dec.Reset(r.buf, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// maxScratch is the maximum size of a buffer that is kept between messages, so that a huge
// message does not keep its memory forever.
const maxScratch = 64 << 10

// release drops the text and returns the reader to the pool.
func (r *reader) release(pool *sync.Pool) {
	r.body, r.said = nil, said{}
	clear(r.items)
	*r.buf = bytes.Buffer{}
	if cap(r.name) > maxScratch {
		r.name = nil
	}
	if cap(r.text) > maxScratch {
		r.text = nil
	}
	if cap(r.id) > maxScratch {
		r.id = nil
	}
	if cap(r.xml) > maxScratch {
		r.xml = nil
	}
	if r.inner != nil { // it refers to a part of the body
		r.inner.reset(nil)
	}
	pool.Put(r)
}

// end checks that the text has ended.
func (r *reader) end() error {
	if r.err != nil {
		return r.err
	}
	if _, err := r.dec.ReadToken(); !errors.Is(err, io.EOF) {
		if err == nil {
			err = errors.New("unexpected content after its end")
		}
		return notJSON(err)
	}
	return nil
}

// notJSON returns an error with the position at which a text is not JSON.
func notJSON(err error) error {
	if syntax, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		return fmt.Errorf("the body is not JSON: %w (at byte %d)", syntax.Err, syntax.ByteOffset)
	}
	return fmt.Errorf("the body is not JSON: %w", err)
}

func (r *reader) fail(err error) {
	if r.err == nil && err != nil {
		r.err = notJSON(err)
	}
}

// object reads an object and calls member for each member, which must read or skip the value.
// The name is valid until the reader reads another object. Any other value is skipped.
func (r *reader) object(member func(name []byte)) {
	if r.err != nil {
		return
	}
	if r.dec.PeekKind() != '{' {
		r.skip()
		return
	}
	r.token()
	for r.err == nil && r.dec.PeekKind() != '}' {
		raw := r.raw()
		if raw == nil {
			return
		}
		if name, ok := bare(raw); ok {
			member(name)
			continue
		}
		r.name = unquote(r.name[:0], raw)
		member(r.name)
	}
	r.token()
}

// array reads an array and calls item for each item. Any other value is skipped.
func (r *reader) array(item func()) {
	if r.err != nil {
		return
	}
	if r.dec.PeekKind() != '[' {
		r.skip()
		return
	}
	r.token()
	for r.err == nil && r.dec.PeekKind() != ']' {
		item()
	}
	r.token()
}

// isObject reports whether the next value is an object.
func (r *reader) isObject() bool { return r.err == nil && r.dec.PeekKind() == '{' }

// token reads a bracket.
func (r *reader) token() {
	if r.err == nil {
		_, err := r.dec.ReadToken()
		r.fail(err)
	}
}

// skip skips the next value.
func (r *reader) skip() {
	if r.err == nil {
		r.fail(r.dec.SkipValue())
	}
}

// raw reads the next value and returns its JSON text, which is a part of the body; nil after
// an error.
func (r *reader) raw() []byte {
	if r.err != nil {
		return nil
	}
	v, err := r.dec.ReadValue()
	if err != nil {
		r.fail(err)
		return nil
	}
	end := int(r.dec.InputOffset())
	return r.body[end-len(v) : end]
}

// scalar reads a scalar. An object or array is skipped and counts as null. A text is valid
// until the next call on the reader.
func (r *reader) scalar() kojiwire.Scalar {
	raw := r.raw()
	if raw == nil {
		return kojiwire.Null()
	}
	switch raw[0] {
	case 't', 'f':
		return kojiwire.Bool(raw[0] == 't')
	case '"':
		if text, ok := bare(raw); ok {
			return kojiwire.Text(text)
		}
		r.text = unquote(r.text[:0], raw)
		return kojiwire.Text(r.text)
	case 'n', '{', '[':
		return kojiwire.Null()
	}
	return number(raw)
}

// str reads a text; anything else counts as "".
func (r *reader) str() string { return r.scalar().Str() }

// integer reads a whole number; anything else counts as 0.
func (r *reader) integer() int64 {
	n, _ := r.scalar().Int64()
	return n
}

// flag reads a boolean.
func (r *reader) flag() koji.Opt[bool] {
	b, ok := r.scalar().Truth()
	return koji.Opt[bool]{Value: b, Known: ok}
}
