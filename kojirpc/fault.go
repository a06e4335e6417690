package kojirpc

import (
	"strconv"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// FaultCode is the number by which the hub tells kinds of fault apart. It is an
// error only for errors.Is: errors.Is(err, kojirpc.CodeAuthExpired).
//
// Source: the faultCode of the exceptions in koji/__init__.py.
type FaultCode int

// Error implements error.
func (c FaultCode) Error() string {
	if name := c.String(); name != "" {
		return name
	}
	return "fault " + strconv.Itoa(int(c))
}

// Fault is the hub's answer to a call that failed. Each of Koji's codes has a
// type of its own, which embeds it; a code that is none of Koji's is a plain
// *Fault.
type Fault struct {
	Code FaultCode
	// Text is what the hub says: Koji's own words, an exception of Python with
	// its class, or, as the hub is configured, a traceback of several lines. It
	// is shortened (a traceback at its beginning), and free of control characters
	// except tab and line feed.
	Text string
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
	text = printable(text, maxErrorText)
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

// As sets target to the fault itself, so that errors.As finds a *Fault in the
// types that embed one.
func (f *Fault) As(target any) bool {
	p, ok := target.(**Fault)
	if ok {
		*p = f
	}
	return ok
}

// faultOf makes an error of its own type out of what the codec found.
func faultOf(f *xmlrpc.Fault) error {
	text := f.String
	if len(text) > maxFaultText {
		if isTraceback(text) {
			text = tracebackMark + "\n…" + text[len(text)-maxFaultText:]
		} else {
			text = shorten(text, maxFaultText)
		}
	}
	return newFault(FaultCode(f.Code), sanitize(text))
}

// tracebackMark begins a traceback of Python. What matters of one is its end.
const tracebackMark = "Traceback (most recent call last)"

func isTraceback(text string) bool { return strings.HasPrefix(text, tracebackMark) }
