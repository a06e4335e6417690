package xmlrpc

import (
	"bytes"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// SyntaxError says that a document is not XML-RPC as Koji speaks it: malformed,
// cut short, or something else altogether, such as a proxy's HTML page. If the
// document just ends too early, errors.Is(err, io.ErrUnexpectedEOF) holds.
type SyntaxError struct {
	Msg    string
	Offset int    // the byte where it went wrong, counted from 0
	Size   int    // the document's length in bytes
	Begin  string // the document's beginning: one printable line, shortened, without the values of an XML-RPC document
	cut    bool
}

// Error implements error.
func (e *SyntaxError) Error() string {
	where := fmt.Sprintf("xmlrpc: %s (byte %d of %d", e.Msg, e.Offset, e.Size)
	if e.Begin != "" {
		where += ", which begin " + strconv.Quote(e.Begin)
	}
	return where + ")"
}

// Unwrap returns io.ErrUnexpectedEOF for a document that ends too early.
func (e *SyntaxError) Unwrap() error {
	if e.cut {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// LimitError says which of the Limits a document exceeds.
type LimitError struct {
	What   string // "bytes", "levels of nesting" or "values"
	Limit  int
	Offset int // the byte where the limit was passed
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("xmlrpc: more than %d %s (byte %d)", e.Limit, e.What, e.Offset)
}

// TypeError says that a value is of another kind than the Go value it is to be
// read into.
type TypeError struct {
	Want string // the XML-RPC type asked for
	Got  Kind
}

// Error implements error.
func (e *TypeError) Error() string {
	return "want " + e.Want + ", got " + e.Got.String()
}

// PathError says where in a value something went wrong. Err is what: a
// *TypeError, a value that does not fit, or what an Unmarshaler returned.
type PathError struct {
	Path   string // such as "[3].creation_ts"; empty for the value itself
	Offset int    // the byte of the document, or -1 when writing
	Err    error
}

// Error implements error.
func (e *PathError) Error() string {
	var b strings.Builder
	b.WriteString("xmlrpc: ")
	if e.Path != "" {
		b.WriteString(strings.TrimPrefix(e.Path, "."))
		b.WriteString(": ")
	}
	b.WriteString(strings.TrimPrefix(e.Err.Error(), "xmlrpc: "))
	if e.Offset >= 0 {
		fmt.Fprintf(&b, " (byte %d)", e.Offset)
	}
	return b.String()
}

// Unwrap returns e.Err.
func (e *PathError) Unwrap() error { return e.Err }

// inPath adds one step, a member or an index, to the front of an error's path.
func inPath(step string, offset int, err error) error {
	// Only an error that came up unwrapped describes a place below this one.
	if pe, ok := err.(*PathError); ok { //nolint:errorlint // see above
		return &PathError{Path: step + pe.Path, Offset: pe.Offset, Err: pe.Err}
	}
	return &PathError{Path: step, Offset: offset, Err: err}
}

func indexStep(i int) string { return "[" + strconv.Itoa(i) + "]" }

// memberStep quotes names that are not plain words: they come from outside.
func memberStep(name string) string {
	for i := range len(name) {
		switch c := name[i]; {
		case 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z', '0' <= c && c <= '9', c == '_', c == '-':
		default:
			return "[" + quote(name) + "]"
		}
	}
	if name == "" || len(name) > maxQuoted {
		return "[" + quote(name) + "]"
	}
	return "." + name
}

// maxQuoted is the length, in bytes, to which text from outside is shortened
// when an error cites it.
const maxQuoted = 40

func quote[T string | []byte](text T) string {
	if len(text) > maxQuoted {
		return strconv.Quote(string(text[:maxQuoted])) + "…"
	}
	return strconv.Quote(string(text))
}

// beginSize is how many bytes of a document its errors show at most.
const beginSize = 160

// beginning returns the first bytes of a document as one printable line. With
// hide, what stands between tags is left out: the hub's answers hold session
// keys, and requests hold whatever users put in.
func beginning(data []byte, hide bool) string {
	head := data[:min(len(data), beginSize)]
	if hide {
		head, _, _ = bytes.Cut(head, []byte("<!")) // a CDATA section is text, too
	}
	var b strings.Builder
	inTag, hidden, gap := false, false, false
	for len(head) > 0 {
		r, size := utf8.DecodeRune(head)
		head = head[size:]
		if r == '<' {
			inTag, hidden = true, false
		}
		switch {
		case unicode.IsSpace(r):
			gap = b.Len() > 0 && !hidden
			continue
		case hide && !inTag:
			if !hidden {
				b.WriteRune('…')
			}
			hidden = true
			continue
		case !unicode.IsPrint(r):
			r = utf8.RuneError
		}
		if gap {
			b.WriteByte(' ')
		}
		gap = false
		b.WriteRune(r)
		if r == '>' {
			inTag = false
		}
	}
	if len(data) > beginSize {
		b.WriteRune('…')
	}
	return b.String()
}
