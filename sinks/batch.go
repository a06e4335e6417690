package sinks

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/kojiwatch/kojiwatch/event"
)

// IDOf is the id of a message about events: that of its event, or a hash over
// those of all. The same events have the same one.
func IDOf(events []*event.Event) string {
	if len(events) == 1 {
		return events[0].ID
	}
	h := sha256.New()
	for _, e := range events {
		_, _ = fmt.Fprintln(h, e.ID)
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// BatchError is what Send returns when the events of one batch fared differently.
type BatchError struct {
	// Errs belong to the events place by place; nil is one that the sink has. An
	// event may be taken after one with the same key that was not only if that
	// one was refused for good.
	Errs []error
	// Rest is about the events beyond the end of Errs together: one of them may be
	// at fault, or none.
	Rest error
}

// Error counts the failures and shows the first.
func (e *BatchError) Error() string {
	failed := slices.DeleteFunc(append(slices.Clone(e.Errs), e.Rest), func(err error) bool { return err == nil })
	if len(failed) == 0 {
		return "none failed"
	}
	return fmt.Sprintf("%d failed, the first: %v", len(failed), failed[0])
}

// At is what became of the event at place i.
func (e *BatchError) At(i int) error {
	if i < len(e.Errs) {
		return e.Errs[i]
	}
	return cmp.Or(e.Rest, errUnanswered)
}

var errUnanswered = errors.New("the sink says nothing about this event")

// IsRefusal tells whether err is one made by [Refuse].
func IsRefusal(err error) bool {
	_, ok := errors.AsType[*refusal](err)
	return ok
}
