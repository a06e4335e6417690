package python

import (
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// The codes of Koji's faults that this hub raises.
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

// Exception says what ends a call, as Python's exceptions end it on a hub.
type Exception struct {
	Code  int
	Class string // with its module, except Python's own
	Text  string // str() of it
	Arg   string // its argument, which may differ
	Plain bool   // the text is all there is, in any setting
}

func (e *Exception) Error() string { return e.Text }

// Raise makes an exception of a code and a class.
func Raise(code int, class, format string, args ...any) *Exception {
	text := fmt.Sprintf(format, args...)
	return &Exception{Code: code, Class: class, Text: text, Arg: text}
}

// GenericError makes a koji.GenericError.
func GenericError(format string, args ...any) error {
	return Raise(codeGeneric, "koji.GenericError", format, args...)
}

// AuthError makes a koji.AuthError.
func AuthError(format string, args ...any) error {
	return Raise(codeAuth, "koji.AuthError", format, args...)
}

// NotAllowed makes a koji.ActionNotAllowed.
func NotAllowed(format string, args ...any) error {
	return Raise(codeNotAllowed, "koji.ActionNotAllowed", format, args...)
}

// ParameterError makes a koji.ParameterError.
func ParameterError(format string, args ...any) error {
	return Raise(codeParameter, "koji.ParameterError", format, args...)
}

// BuiltinError makes an exception that is none of Koji's.
func BuiltinError(class, format string, args ...any) error {
	return Raise(CodePython, class, format, args...)
}

// KeyError returns a dictionary's complaint.
func KeyError(key string) error {
	return &Exception{Code: CodePython, Class: "KeyError", Text: Quote(key), Arg: key}
}

// fault returns how the whole answer to a request says that it failed. With debug
// the text is a traceback, as with the hub's options KojiDebug and
// KojiTraceback.
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

// last returns the line that ends a traceback.
func (e *Exception) last() string { return e.Class + ": " + e.Text + "\n" }

// entryFault says how one entry of the answer to a multiCall says that it failed.
type entryFault struct {
	Code      int      `xmlrpc:"faultCode"`
	String    string   `xmlrpc:"faultString"`
	Traceback []string `xmlrpc:"traceback,omitempty"`
}

// Entry makes an entry of a multiCall's answer from an error. The fault of a
// task, which getTaskResult passes on, has no traceback.
func Entry(err error) any {
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return f
	}
	e := asException(err)
	return &entryFault{Code: e.Code, String: e.Arg,
		Traceback: []string{tracebackHead, tracebackMultiFile, e.last()}}
}

// AsFault makes the answer to a request from an error.
func AsFault(err error, debug bool) *xmlrpc.Fault {
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return f
	}
	return asException(err).fault(debug)
}

// asException takes an error that is none of a hub's for one of Python.
func asException(err error) *Exception {
	if e, ok := errors.AsType[*Exception](err); ok {
		return e
	}
	return Raise(CodePython, "RuntimeError", "%s", err)
}
