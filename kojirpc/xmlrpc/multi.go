package xmlrpc

import (
	"errors"
	"fmt"
)

// DecodeMulti reads the answer to a multiCall. It decodes entry i into the value into[i]
// points to, like DecodeResponse. errs has one error for each entry: nil if the call
// succeeded, a *Fault if it failed, or a *PathError if the result does not fit into[i].
// The error of one entry does not affect the others. If err is not nil, the answer as a
// whole is invalid and errs is nil.
func DecodeMulti(data []byte, lim Limits, into []any) (errs []error, err error) {
	errs = make([]error, len(into))
	err = readResponse(data, lim, func(d *Decoder) error {
		n := 0
		err := d.Array(func(i int) error {
			if n++; n > len(into) {
				return nil
			}
			start := d.mark()
			errs[i] = d.Entry(into[i])
			if fault := (*Fault)(nil); errs[i] == nil || errors.As(errs[i], &fault) {
				return d.scan.Err
			}
			errs[i] = d.at(indexStep(i), errs[i])
			d.reset(start)
			return d.scan.Err
		})
		if err == nil && n != len(into) {
			err = &PathError{Offset: d.scan.Pos, Err: fmt.Errorf("%d results for %d calls", n, len(into))}
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return errs, nil
}

// Entry reads one entry of the answer to a multiCall, an array of one result, and decodes
// the result into the value into points to. If the entry is a fault, the error is the
// *Fault.
func (d *Decoder) Entry(into any) error {
	kind, err := d.Kind()
	if err != nil {
		return err
	}
	switch kind {
	case KindStruct:
		return d.fault()
	case KindArray:
	default:
		return d.mismatch("array of one result or fault")
	}
	start := d.start
	more, err := d.enterArray()
	if err != nil {
		return err
	}
	if more {
		if err := d.Value(into); err != nil {
			return err
		}
		if again, err := d.nextElement(); !again || err != nil {
			return err
		}
	}
	return &PathError{Offset: start, Err: errors.New("an entry that is not one result")}
}
