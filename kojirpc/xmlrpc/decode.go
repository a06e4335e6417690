package xmlrpc

import (
	"errors"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc/internal/scan"
)

// Unmarshaler is a type that decodes itself. UnmarshalXMLRPC reads the next value of
// d; anything it leaves unread is skipped. A nil is passed on like any other value:
// the scalar methods of d read it as zero, Array and Struct as empty.
type Unmarshaler interface {
	UnmarshalXMLRPC(d *Decoder) error
}

// Decoder reads a value, piece by piece. It comes from NewDecoder, or is passed to an
// Unmarshaler while a document is read.
//
// Each method reads the next value. Inside an array or struct, that is the current
// element or member. If the value is of another kind, the method returns a *PathError
// and the value is still unread. After a *SyntaxError or *LimitError all methods
// return that error.
//
// A Decoder is not safe for concurrent use.
type Decoder struct {
	scan     scan.Scanner
	lim      Limits
	depth    int
	elements int
	cursor
	name    []byte // of the current member; valid until its value is read
	values  []any  // elements of arrays under construction
	members []member
	names   nameCache
	// leaveOut selects the members that Any skips; nil skips none.
	leaveOut func(name []byte) bool
}

// cursor is the position of a Decoder within the current value.
type cursor struct {
	state state
	kind  Kind   // of the opened value
	form  form   // of the opened value
	typ   string // the name of its type tag
	start int    // the offset of its <value>
}

type state uint8

const (
	spent  state = iota // no value to read here
	ready               // before <value>
	opened              // after <value> and the type's start tag
)

type form uint8

const (
	typed     form = iota // <value><int>…
	bare                  // <value>…
	voidType              // <value><string/>
	voidValue             // <value/>
)

var errNoValue = errors.New("xmlrpc: no value to read")

// NewDecoder returns a Decoder for a single <value> element, such as a Raw. Errors do
// not quote the text of the value.
func NewDecoder(value []byte, lim Limits) *Decoder {
	d := newDecoder(value, lim)
	d.scan.XMLRPC = true
	d.state = ready
	return d
}

func newDecoder(data []byte, lim Limits) *Decoder {
	lim = lim.withDefaults()
	return &Decoder{scan: newScanner(data, lim), lim: lim}
}

// newScanner returns the scanner of a document, which has failed if that is too large.
func newScanner(data []byte, lim Limits) scan.Scanner {
	s := scan.Scanner{Data: data, Report: syntaxError}
	if len(data) > lim.Bytes {
		s.Err = &LimitError{What: "bytes", Limit: lim.Bytes, Offset: lim.Bytes}
	}
	return s
}

// Kind returns the kind of the next value without reading it.
func (d *Decoder) Kind() (Kind, error) {
	err := d.begin()
	return d.kind, err
}

// begin opens the next value.
func (d *Decoder) begin() error {
	if d.state == opened || d.scan.Err != nil {
		return d.scan.Err
	}
	if d.state != ready {
		d.scan.Err = errNoValue
		return d.scan.Err
	}
	if err := d.scan.Space(); err != nil {
		return err
	}
	d.start = d.scan.Pos
	void, err := d.scan.Open("value")
	if err != nil {
		return err
	}
	if d.elements++; d.elements > d.lim.Elements {
		d.scan.Err = &LimitError{What: "values", Limit: d.lim.Elements, Offset: d.start}
		return d.scan.Err
	}
	d.state = opened
	if void {
		d.kind, d.form = KindString, voidValue
		return nil
	}
	return d.typeTag()
}

// typeTag reads the start tag of the opened value's type, if it has one.
func (d *Decoder) typeTag() error {
	body := d.scan.Pos
	if err := d.scan.Space(); err != nil {
		return err
	}
	at := d.scan.Pos
	if at+1 < len(d.scan.Data) && d.scan.Data[at] == '<' && scan.IsNameStart(d.scan.Data[at+1]) {
		t, err := d.scan.Tag("the type of a value")
		if err != nil {
			return err
		}
		d.kind, d.typ = kindOf(t.Name)
		if d.kind == 0 {
			return d.scan.Fail(at, "unknown type %s", t)
		}
		d.form = typed
		if t.Void {
			d.form = voidType
		}
		return nil
	}
	d.scan.Pos = body
	d.kind, d.form = KindString, bare
	return nil
}

// end reads the end tags of the opened value.
func (d *Decoder) end() error {
	d.state = spent
	if d.form == typed {
		if err := d.scan.Close(d.typ); err != nil {
			return err
		}
	}
	if d.form == voidValue {
		return nil
	}
	return d.scan.Close("value")
}

// want opens the next value and reports whether it is of kind k. A nil is read and is
// not an error: it stands for zero.
func (d *Decoder) want(k Kind) (bool, error) {
	if err := d.begin(); err != nil {
		return false, err
	}
	switch d.kind {
	case k:
		return true, nil
	case KindNil:
		return false, d.endNil()
	}
	return false, d.mismatch(k.String())
}

func (d *Decoder) mismatch(want string) error {
	return &PathError{Offset: d.start, Err: &TypeError{Want: want, Got: d.kind}}
}

// at prepends a step to the path of err, unless the document itself is malformed.
func (d *Decoder) at(step string, err error) error {
	if d.scan.Err != nil {
		return d.scan.Err
	}
	return inPath(step, d.start, err)
}

// settle skips the current value unless it has been read.
func (d *Decoder) settle() error {
	if d.state == spent {
		return d.scan.Err
	}
	return d.Skip()
}

// nameCache avoids allocating the same member name repeatedly: the structs of a list
// all have the same names.
type nameCache [128]string

func (c *nameCache) get(name []byte) string {
	if len(name) == 0 || len(name) > 32 {
		return string(name)
	}
	slot := &c[(len(name)*5+int(name[0])*3+int(name[len(name)-1])*7+int(name[len(name)/2]))%len(c)]
	if *slot != string(name) {
		*slot = string(name)
	}
	return *slot
}
