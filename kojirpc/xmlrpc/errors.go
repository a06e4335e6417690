package xmlrpc

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc/internal/scan"
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
			return "[" + scan.Quote(name) + "]"
		}
	}
	if name == "" || len(name) > scan.MaxQuoted {
		return "[" + scan.Quote(name) + "]"
	}
	return "." + name
}

// syntaxError makes the error of a scanner.
func syntaxError(f scan.Failure) error {
	return &SyntaxError{Msg: f.Msg, Offset: f.Offset, Size: f.Size, Begin: f.Begin, cut: f.Cut}
}
