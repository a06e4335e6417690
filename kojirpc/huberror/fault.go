package huberror

import (
	"errors"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Fault is the hub's answer to a call that failed. errors.Is compares it with a
// [FaultCode].
type Fault struct {
	Code FaultCode
	// Text is the hub's message: Koji's own message, a Python exception with its
	// class or, depending on the hub's configuration, a traceback of several lines.
	// It is shortened (a traceback at its beginning), and contains no control
	// characters except tabs and line feeds.
	Text string

	cause error // of a fault raised by this client
}

// maxFaultText is the maximum length of a fault's text, in bytes.
const maxFaultText = 8 << 10

// Error implements error, on one line of limited length. For a traceback it returns the
// last line.
func (f *Fault) Error() string {
	text := f.Text
	if isTraceback(text) {
		lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
		text = lines[len(lines)-1]
	}
	text = printable.Line(text, printable.MaxError)
	if text == "" {
		text = "no text"
	}
	return f.Code.Error() + ": " + text
}

// Is reports whether target is the fault's [FaultCode].
func (f *Fault) Is(target error) bool {
	code, ok := target.(FaultCode)
	return ok && code == f.Code
}

// Unwrap returns the cause of a fault raised by this client, such as that of a failed
// GSSAPI login.
func (f *Fault) Unwrap() error { return f.cause }

// Raise returns a fault raised by this client.
func Raise(code FaultCode, text string, cause error) *Fault {
	return &Fault{Code: code, Text: text, cause: cause}
}

// OfCodec converts an *xmlrpc.Fault to a [*Fault]. It returns other errors unchanged.
func OfCodec(err error) error {
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return NewFault(f)
	}
	return err
}

// NewFault converts an xmlrpc.Fault.
func NewFault(f *xmlrpc.Fault) *Fault {
	text := f.String
	if len(text) > maxFaultText {
		if isTraceback(text) {
			text = tracebackMark + "\n…" + text[len(text)-maxFaultText:]
		} else {
			text = printable.Shorten(text, maxFaultText)
		}
	}
	return &Fault{Code: FaultCode(f.Code), Text: printable.Clean(text)}
}

// tracebackMark begins a Python traceback, whose last line names the exception.
const tracebackMark = "Traceback (most recent call last)"

func isTraceback(text string) bool { return strings.HasPrefix(text, tracebackMark) }
