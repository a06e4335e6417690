package email

import (
	"cmp"
	"errors"
	"fmt"
	"net/textproto"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// The reasons of what is refused.
const (
	// ReasonRefused means that the server will not take a mail.
	ReasonRefused = "refused"
	// ReasonRecipient means that it will not take a mail for some recipients.
	ReasonRecipient = "recipient"
)

// replyError is an answer that is not good.
type replyError struct {
	step string // what was answered
	code int
	said string
	// outage says that it is not about this mail.
	outage bool
}

func (e *replyError) Error() string {
	return fmt.Sprintf("%s: the server answered %d %s", e.step, e.code, e.said)
}

// Outage tells that the fault is not with what was sent.
func (e *replyError) Outage() bool { return e.outage }

// unreachable reports that there was no answer, or none to go on with.
type unreachable struct {
	step string
	err  error
}

func (e *unreachable) Error() string { return e.step + ": " + e.err.Error() }
func (e *unreachable) Unwrap() error { return e.err }

// Outage tells that the fault is not with what was sent.
func (e *unreachable) Outage() bool { return true }

// maxSaid bounds what is shown of an answer, in characters.
const maxSaid = 256

// failed returns the error that the failure of a step stands for. An answer that begins with 5 is final,
// but for those that are about the connection and not about the mail.
func failed(step string, err error) error {
	answer, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return &unreachable{step, err}
	}
	said := format.Truncate(string(format.AppendVisible(nil, strings.ReplaceAll(answer.Msg, "\n", " "))), maxSaid)
	reply := &replyError{step: step, code: answer.Code, said: said}
	switch code := answer.Code; {
	case code == 421, code == 454, code == 530, code == 534, code == 535, code == 538:
		// It goes away, or wants TLS or another login.
		reply.outage = true
	case code/100 == 5:
		return sinks.Refuse(ReasonRefused, reply)
	}
	return reply
}

// codeOf is the answer that decided: 250 if all went well, 0 if there was none.
func codeOf(err error) int {
	if err == nil {
		return 250
	}
	if reply, ok := errors.AsType[*replyError](err); ok {
		return reply.code
	}
	return 0
}

// progress records who already has a mail, and who never will, so that one for
// several is sent again only to those that are left. It is about one mail at a
// time.
type progress struct {
	id   string
	done map[string]error // by address; nil: it was taken
}

// of begins anew unless it is about this mail.
func (p *progress) of(id string) map[string]error {
	if p.id != id || p.done == nil {
		p.id, p.done = id, map[string]error{}
	}
	return p.done
}

// end forgets the mail, which will not be sent again.
func (p *progress) end() { *p = progress{} }

// refusals is about those who will not take the mail, once nobody is left.
func (p *progress) refusals() error {
	taken, first, n := 0, error(nil), 0
	for _, err := range p.done {
		if err == nil {
			taken++
			continue
		}
		n++
		first = cmp.Or(first, err)
	}
	switch {
	case n == 0:
		return nil
	case taken == 0 && n == 1:
		return sinks.Refuse(ReasonRecipient, first)
	}
	err := sinks.Refuse(ReasonRecipient, fmt.Errorf("%d of %d recipients do not take it, such as %w", n, len(p.done), first))
	if taken > 0 {
		return &someTook{err}
	}
	return err
}

// someTook is about recipients that do not take a mail that others have had.
type someTook struct{ error }

func (e *someTook) Unwrap() error { return e.error }

// forEach makes of a mail that some have had, and others will not take, a refusal
// of each event: none of them is sent again in another mail.
func forEach(events []*event.Event, err error) error {
	if _, ok := errors.AsType[*someTook](err); !ok || len(events) == 1 {
		return err
	}
	return &sinks.BatchError{Errs: slices.Repeat([]error{err}, len(events))}
}
