package consumer

import (
	"cmp"
	"errors"

	"github.com/kojiwatch/kojiwatch/internal/delivery"
)

// answers holds the result of Deliver for n values: the errors of the first ones by index,
// and one error for the rest.
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

// at returns the result for the value at index i. It concerns that value alone if the value
// was delivered alone or the result named it.
func (a answers) at(i int) (err error, alone bool) { //nolint:revive // the error is a value here
	if i < len(a.each) {
		return a.each[i], true
	}
	return a.rest, a.n == 1
}

// half returns how many of the values that were not named are tried together next.
func (a answers) half() int { return max(1, (a.n-len(a.each)+1)/2) }

// failure returns the first error if the sink failed for all values, and nil if it accepted
// or refused any of them.
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
