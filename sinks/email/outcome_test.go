package email

import (
	"errors"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// TestRefusedMail: a mail about several events that nobody has had is refused as a
// whole, so that smaller ones can be tried; one that some have had is not sent again.
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
