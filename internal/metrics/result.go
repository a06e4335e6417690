package metrics

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"github.com/kojiwatch/kojiwatch/sinks"
)

// result is the outcome of sending a batch of events to a sink.
type result string

const (
	resultDone    result = "done"
	resultRefused result = "refused"
	resultAgain   result = "again"
	resultMixed   result = "mixed"
	resultGivenUp result = "given_up"
)

func results() []result {
	return []result{resultDone, resultRefused, resultAgain, resultMixed, resultGivenUp}
}

func resultOfSend(err error) result {
	each, ok := errors.AsType[*sinks.BatchError](err)
	if !ok {
		return resultOfOne(err)
	}
	errs := each.Errs
	if each.Rest != nil || len(errs) == 0 {
		errs = append(slices.Clone(errs), cmp.Or(each.Rest, err))
	}
	first := resultOfOne(errs[0])
	for _, err := range errs[1:] {
		if resultOfOne(err) != first {
			return resultMixed
		}
	}
	return first
}

func resultOfOne(err error) result {
	switch {
	case err == nil:
		return resultDone
	case sinks.IsRefusal(err):
		return resultRefused
	case errors.Is(err, context.Canceled):
		return resultGivenUp
	}
	return resultAgain
}
