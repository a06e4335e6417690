package xmlrpc

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc/internal/scan"
)

// SyntaxError reports that a document is not XML-RPC in Koji's dialect: it is malformed
// or truncated, or something else, such as a proxy's HTML page. If the document is
// truncated, errors.Is(err, io.ErrUnexpectedEOF) is true.
type SyntaxError struct {
	Msg    string
	Offset int    // the offset of the error in bytes
	Size   int    // the length of the document in bytes
	Begin  string // the beginning of the document: one printable line, shortened, without the values of an XML-RPC document
	cut    bool
}

// Error implements error.
func (e *SyntaxError) Error() string {
	where := fmt.Sprintf("xmlrpc: %s (byte %d of %d", e.Msg, e.Offset, e.Size)
	if e.Begin != "" {
		where += "; the document begins " + strconv.Quote(e.Begin)
	}
	return where + ")"
}

// Unwrap returns io.ErrUnexpectedEOF for a truncated document.
func (e *SyntaxError) Unwrap() error {
	if e.cut {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// LimitError reports that a document exceeds one of the Limits.
type LimitError struct {
	What   string // "bytes", "levels of nesting" or "values"
	Limit  int
	Offset int // the byte at which the limit was exceeded
}

// Error implements error.
func (e *LimitError) Error() string {
	return fmt.Sprintf("xmlrpc: more than %d %s (byte %d)", e.Limit, e.What, e.Offset)
}

// TypeError reports that a value is of another kind than the Go type requires.
type TypeError struct {
	Want string // the required XML-RPC type
	Got  Kind
}

// Error implements error.
func (e *TypeError) Error() string {
	return "want " + e.Want + ", got " + e.Got.String()
}

// PathError reports an error and its place within a value. Err is a *TypeError, the
// error of a value out of range, or the error of an Unmarshaler.
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

// inPath prepends a step, a member or an index, to an error's path.
func inPath(step string, offset int, err error) error {
	// Only an unwrapped error describes a place below this one.
	if pe, ok := err.(*PathError); ok { //nolint:errorlint // see above
		return &PathError{Path: step + pe.Path, Offset: pe.Offset, Err: pe.Err}
	}
	return &PathError{Path: step, Offset: offset, Err: err}
}

func indexStep(i int) string { return "[" + strconv.Itoa(i) + "]" }

// memberStep quotes names that are not plain words, because they are untrusted.
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

// syntaxError converts a scanner's failure to an error.
func syntaxError(f scan.Failure) error {
	return &SyntaxError{Msg: f.Msg, Offset: f.Offset, Size: f.Size, Begin: f.Begin, cut: f.Cut}
}
