package sinks

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

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
}

// Error counts the failures and shows the first.
func (e *BatchError) Error() string {
	var failed []error
	for _, err := range e.Errs {
		if err != nil {
			failed = append(failed, err)
		}
	}
	if len(failed) == 0 {
		return "none failed"
	}
	return fmt.Sprintf("%d of %d failed, the first: %v", len(failed), len(e.Errs), failed[0])
}

// ForEach makes of an error about a batch one about each of its events: a refusal
// would otherwise have them sent once more, each alone, to find out which of
// them it is about.
func ForEach(events []*event.Event, err error) error {
	if err == nil || len(events) == 1 || !IsRefusal(err) {
		return err
	}
	errs := make([]error, len(events))
	for i := range errs {
		errs[i] = err
	}
	return &BatchError{Errs: errs}
}

// IsRefusal tells whether err is one made by [Refuse].
func IsRefusal(err error) bool {
	_, ok := errors.AsType[*refusal](err)
	return ok
}
