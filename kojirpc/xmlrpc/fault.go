package xmlrpc

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
)

// Fault is the hub's answer to a call that failed. As a value it is encoded as the
// struct that represents a fault in the answer to a multiCall.
type Fault struct {
	Code   int    `xmlrpc:"faultCode"`
	String string `xmlrpc:"faultString"` // as sent by the hub: untrusted, may span several lines
}

// Error implements error, on one printable line of bounded length.
func (f *Fault) Error() string {
	return fmt.Sprintf("fault %d: %s", f.Code, oneLine(f.String))
}

// The length of the parts that Error keeps of a long text. With debugging enabled, a hub
// sends tracebacks, whose end names the exception.
const (
	faultHead = 120
	faultTail = 280
)

// oneLine makes text safe for an error message: it replaces white space by single
// spaces and unprintable characters by U+FFFD, and omits the middle of a long text.
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

// fault reads a fault's struct and returns the fault as an error. Members other than
// code and string, such as the traceback in a multiCall's answer, are ignored.
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
