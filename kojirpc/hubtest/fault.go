package hubtest

import (
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// The codes of Koji's faults that this hub raises.
const (
	codePython       = 1 // an exception that is not one of Koji's
	codeGeneric      = 1000
	codeAuth         = 1002
	codeNotAllowed   = 1004
	codeAuthLock     = 1006
	codeAuthExpired  = 1007
	codeSequence     = 1008
	codeRetry        = 1009
	codeOffline      = 1014
	codeParameter    = 1019
	tracebackHead    = "Traceback (most recent call last):\n"
	tracebackTopFile = `  File "/usr/share/koji-hub/kojihub/kojixmlrpc.py", line 278, in _wrap_handler` +
		"\n    response = handler(environ)\n"
	tracebackMultiFile = `  File "/usr/share/koji-hub/kojihub/kojixmlrpc.py", line 366, in multiCall` +
		"\n    result = self._dispatch(call['methodName'], call['params'])\n"
)

// exception is what ends a call, as Python's exceptions end it on a hub.
type exception struct {
	code  int
	class string // with its module, except Python's own
	text  string // str() of it
	arg   string // its argument, which may differ
	plain bool   // the text is all there is, in any setting
}

// Error implements error.
func (e *exception) Error() string { return e.text }

func raise(code int, class, format string, args ...any) *exception {
	text := fmt.Sprintf(format, args...)
	return &exception{code: code, class: class, text: text, arg: text}
}

func genericError(format string, args ...any) error {
	return raise(codeGeneric, "koji.GenericError", format, args...)
}

func authError(format string, args ...any) error {
	return raise(codeAuth, "koji.AuthError", format, args...)
}

func notAllowed(format string, args ...any) error {
	return raise(codeNotAllowed, "koji.ActionNotAllowed", format, args...)
}

func parameterError(format string, args ...any) error {
	return raise(codeParameter, "koji.ParameterError", format, args...)
}

func pythonError(class, format string, args ...any) error {
	return raise(codePython, class, format, args...)
}

// keyError is a dictionary's complaint.
func keyError(key string) error {
	return &exception{code: codePython, class: "KeyError", text: quote(key), arg: key}
}

// fault is how the whole answer to a request says that it failed. With debug
// the text is a traceback, as with the hub's options KojiDebug and
// KojiTraceback.
func (e *exception) fault(debug bool) *xmlrpc.Fault {
	switch {
	case e.plain:
	case debug:
		return &xmlrpc.Fault{Code: e.code, String: tracebackHead + tracebackTopFile + e.last()}
	case e.code == codePython:
		return &xmlrpc.Fault{Code: e.code, String: fmt.Sprintf("<class '%s'>: %s", e.class, e.text)}
	}
	return &xmlrpc.Fault{Code: e.code, String: e.text}
}

// last is the line that ends a traceback.
func (e *exception) last() string { return e.class + ": " + e.text + "\n" }

// entryFault is how one entry of the answer to a multiCall says that it failed.
type entryFault struct {
	Code      int      `xmlrpc:"faultCode"`
	String    string   `xmlrpc:"faultString"`
	Traceback []string `xmlrpc:"traceback,omitempty"`
}

// entry makes an entry of a multiCall's answer from an error. The fault of a
// task, which getTaskResult passes on, has no traceback.
func entry(err error) any {
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return f
	}
	e := asException(err)
	return &entryFault{Code: e.code, String: e.arg,
		Traceback: []string{tracebackHead, tracebackMultiFile, e.last()}}
}

// asFault makes the answer to a request from an error.
func asFault(err error, debug bool) *xmlrpc.Fault {
	if f, ok := errors.AsType[*xmlrpc.Fault](err); ok {
		return f
	}
	return asException(err).fault(debug)
}

// asException takes an error that is none of a hub's for one of Python.
func asException(err error) *exception {
	if e, ok := errors.AsType[*exception](err); ok {
		return e
	}
	return raise(codePython, "RuntimeError", "%s", err)
}
