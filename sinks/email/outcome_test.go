package email

import (
	"errors"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// TestRefusedMail checks that a mail that no recipient has received is refused as a whole,
// so that the batch can be split, and that a mail that some have received is not sent
// again.
func TestRefusedMail(t *testing.T) {
	refused := sinks.Refuse(ReasonRecipient, errors.New("550 who?"))
	for name, tt := range map[string]struct {
		err  error
		each bool
	}{
		"the text":        {sinks.Refuse(ReasonRefused, errors.New("554 spam")), false},
		"all recipients":  {(&progress{done: map[string]error{"a": refused, "b": refused}}).refusals(), false},
		"some recipients": {(&progress{done: map[string]error{"a": refused, "b": nil}}).refusals(), true},
	} {
		t.Run(name, func(t *testing.T) {
			err := forEach(make([]*event.Event, 3), tt.err)
			each, ok := errors.AsType[*sinks.BatchError](err)
			if ok != tt.each || ok && (len(each.Errs) != 3 || !sinks.IsRefusal(each.Errs[2])) || !ok && !sinks.IsRefusal(err) {
				t.Errorf("got %#v", err)
			}
		})
	}
}
