package xmlrpc

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Fault is the hub's answer to a call that failed. As a value to be written it
// becomes the struct that stands for it in the answer to a multiCall.
type Fault struct {
	Code   int    `xmlrpc:"faultCode"`
	String string `xmlrpc:"faultString"` // as the hub sent it: may span lines and hold anything
}

// Error implements error, on one printable line of bounded length.
func (f *Fault) Error() string {
	return fmt.Sprintf("fault %d: %s", f.Code, oneLine(f.String))
}

// With debugging on, a hub sends tracebacks; what happened is at their end.
const (
	faultHead = 120
	faultTail = 280
)

// oneLine makes text fit for an error message: spaces for white space, U+FFFD
// for what does not print, and the middle left out if it is long.
func oneLine(text string) string {
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > faultHead+faultTail {
		tail := runes[len(runes)-faultTail:]
		runes = append(append(runes[:faultHead:faultHead], []rune(" … ")...), tail...)
	}
	for i, r := range runes {
		if !unicode.IsPrint(r) {
			runes[i] = unicode.ReplacementChar
		}
	}
	return string(runes)
}

// fault reads a fault's struct and returns it as the error. Members other than
// code and string, such as the traceback in a multiCall's answer, are dropped.
func (d *Decoder) fault() error {
	kind, err := d.Kind()
	if err != nil {
		return err
	}
	if kind != KindStruct {
		return d.mismatch("struct")
	}
	f, start, coded := &Fault{}, d.start, false
	err = d.Struct(func(name string) (err error) {
		switch name {
		case "faultCode":
			var code int64
			if code, err = d.Int(); int64(int(code)) != code {
				return errors.New("fault code out of range")
			}
			f.Code, coded = int(code), true
		case "faultString":
			f.String, err = d.Text()
		}
		return err
	})
	if err != nil {
		return err
	}
	if !coded {
		return &PathError{Offset: start, Err: errors.New("want a fault, got a struct without faultCode")}
	}
	return f
}
