package metrics

import (
	"context"
	"errors"

	"github.com/kojiwatch/kojiwatch/sinks"
)

// result is how it went to hand a batch of events to a sink.
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
	if !ok || len(each.Errs) == 0 {
		return resultOfOne(err)
	}
	first := resultOfOne(each.Errs[0])
	for _, err := range each.Errs[1:] {
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
