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
	// Text is the hub's message: Koji's own words, an exception of Python with
	// its class, or, as the hub is configured, a traceback of several lines. It
	// is shortened (a traceback at its beginning), and free of control characters
	// except tab and line feed.
	Text string

	cause error // of a fault that this client raises
}

// maxFaultText bounds what is kept of a fault's text, in bytes.
const maxFaultText = 8 << 10

// Error implements error, on one line of bounded length. Of a traceback it gives
// the last line.
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

// Unwrap returns what was wrong if this client raised the fault, as it does for a
// failed login by GSSAPI.
func (f *Fault) Unwrap() error { return f.cause }

// Raise returns a fault that this client raises.
func Raise(code FaultCode, text string, cause error) *Fault {
	return &Fault{Code: code, Text: text, cause: cause}
}

// OfCodec makes a [*Fault] of one that the codec found. Other errors stay.
func OfCodec(err error) error {
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return NewFault(f)
	}
	return err
}

// NewFault returns the fault that the codec found.
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

// tracebackMark begins a traceback of Python. What matters of one is its end.
const tracebackMark = "Traceback (most recent call last)"

func isTraceback(text string) bool { return strings.HasPrefix(text, tracebackMark) }
