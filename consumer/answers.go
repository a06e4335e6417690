package consumer

import (
	"cmp"
	"errors"

	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// answers holds the result of Deliver for n values: one error each, place by place, and
// one for the rest.
type answers struct {
	n    int
	each []error
	rest error
}

func answersOf(err error, n int) answers {
	if e, ok := errors.AsType[*BatchError](err); ok {
		return answers{n: n, each: e.Errs, rest: e.At(len(e.Errs))}
	}
	return answers{n: n, rest: err}
}

// at returns the answer for the value at place i. It is about that value alone if it was
// delivered alone or the answer named it.
func (a answers) at(i int) (err error, alone bool) { //nolint:revive // the error is a value here
	if i < len(a.each) {
		return a.each[i], true
	}
	return a.rest, a.n == 1
}

// half returns how many of the rest are tried together next.
func (a answers) half() int { return max(1, (a.n-len(a.each)+1)/2) }

// failure returns the first error that shows that the sink does not work; nil if
// it took or refused any of the values.
func (a answers) failure() (failure error) {
	for i := range a.n {
		err, _ := a.at(i)
		if _, refused := delivery.Reason(err); err == nil || refused {
			return nil
		}
		failure = cmp.Or(failure, err)
	}
	return failure
}
