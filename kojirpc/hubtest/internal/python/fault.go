package python

import (
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// The codes of Koji's faults that the fake raises.
const (
	CodePython       = 1 // an exception that is not one of Koji's
	codeGeneric      = 1000
	CodeLock         = 1001
	codeAuth         = 1002
	codeNotAllowed   = 1004
	CodeAuthLock     = 1006
	CodeAuthExpired  = 1007
	CodeSequence     = 1008
	CodeRetry        = 1009
	CodeOffline      = 1014
	codeParameter    = 1019
	tracebackHead    = "Traceback (most recent call last):\n"
	tracebackTopFile = `  File "/usr/share/koji-hub/kojihub/kojixmlrpc.py", line 278, in _wrap_handler` +
		"\n    response = handler(environ)\n"
	tracebackMultiFile = `  File "/usr/share/koji-hub/kojihub/kojixmlrpc.py", line 366, in multiCall` +
		"\n    result = self._dispatch(call['methodName'], call['params'])\n"
)

// Exception is a Python exception that ends a call on a hub.
type Exception struct {
	Code  int
	Class string // with its module, except Python's own
	Text  string // str() of it
	Arg   string // its argument, which may differ
	Plain bool   // the text is sent unchanged, without class or traceback
}

func (e *Exception) Error() string { return e.Text }

// Raise returns an exception with a code and a class.
func Raise(code int, class, format string, args ...any) *Exception {
	text := fmt.Sprintf(format, args...)
	return &Exception{Code: code, Class: class, Text: text, Arg: text}
}

// GenericError returns a koji.GenericError.
func GenericError(format string, args ...any) error {
	return Raise(codeGeneric, "koji.GenericError", format, args...)
}

// AuthError returns a koji.AuthError.
func AuthError(format string, args ...any) error {
	return Raise(codeAuth, "koji.AuthError", format, args...)
}

// NotAllowed returns a koji.ActionNotAllowed.
func NotAllowed(format string, args ...any) error {
	return Raise(codeNotAllowed, "koji.ActionNotAllowed", format, args...)
}

// ParameterError returns a koji.ParameterError.
func ParameterError(format string, args ...any) error {
	return Raise(codeParameter, "koji.ParameterError", format, args...)
}

// BuiltinError returns an exception other than Koji's.
func BuiltinError(class, format string, args ...any) error {
	return Raise(CodePython, class, format, args...)
}

// KeyError returns the KeyError of a dictionary.
func KeyError(key string) error {
	return &Exception{Code: CodePython, Class: "KeyError", Text: Quote(key), Arg: key}
}

// fault returns the fault that answers a request. With debug, its text is a traceback, as
// with the hub's options KojiDebug and KojiTraceback.
func (e *Exception) fault(debug bool) *xmlrpc.Fault {
	switch {
	case e.Plain:
	case debug:
		return &xmlrpc.Fault{Code: e.Code, String: tracebackHead + tracebackTopFile + e.last()}
	case e.Code == CodePython:
		return &xmlrpc.Fault{Code: e.Code, String: fmt.Sprintf("<class '%s'>: %s", e.Class, e.Text)}
	}
	return &xmlrpc.Fault{Code: e.Code, String: e.Text}
}

// last returns the last line of a traceback.
func (e *Exception) last() string { return e.Class + ": " + e.Text + "\n" }

// entryFault is a fault as an entry of the answer to a multiCall.
type entryFault struct {
	Code      int      `xmlrpc:"faultCode"`
	String    string   `xmlrpc:"faultString"`
	Traceback []string `xmlrpc:"traceback,omitempty"`
}

// Entry converts an error to an entry of a multiCall's answer. The fault of a task, which
// getTaskResult passes on, has no traceback.
func Entry(err error) any {
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return f
	}
	e := asException(err)
	return &entryFault{Code: e.Code, String: e.Arg,
		Traceback: []string{tracebackHead, tracebackMultiFile, e.last()}}
}

// AsFault converts an error to the fault that answers a request.
func AsFault(err error, debug bool) *xmlrpc.Fault {
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return f
	}
	return asException(err).fault(debug)
}

// asException returns the Exception in an error, or a Python exception for other errors.
func asException(err error) *Exception {
	if e, ok := errors.AsType[*Exception](err); ok {
		return e
	}
	return Raise(CodePython, "RuntimeError", "%s", err)
}
