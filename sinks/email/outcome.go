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

// The reasons of refusals.
const (
	// ReasonRefused means that the server refuses a mail.
	ReasonRefused = "refused"
	// ReasonRecipient means that the server refuses some recipients of a mail.
	ReasonRecipient = "recipient"
)

// replyError is a negative reply.
type replyError struct {
	step string // that got the reply
	code int
	said string
	// outage means that the reply is not about this mail.
	outage bool
}

func (e *replyError) Error() string {
	return fmt.Sprintf("%s: the server answered %d %s", e.step, e.code, e.said)
}

// Outage reports whether the failure has nothing to do with the mail.
func (e *replyError) Outage() bool { return e.outage }

// unreachable reports that there was no valid reply.
type unreachable struct {
	step string
	err  error
}

func (e *unreachable) Error() string { return e.step + ": " + e.err.Error() }
func (e *unreachable) Unwrap() error { return e.err }

// Outage reports that the failure has nothing to do with the mail.
func (e *unreachable) Outage() bool { return true }

// maxSaid bounds how many characters of a reply are shown.
const maxSaid = 256

// failed returns the error of a failed step. A 5xx reply is a refusal, except for those
// that are about the connection and not about the mail.
func failed(step string, err error) error {
	answer, ok := errors.AsType[*textproto.Error](err)
	if !ok {
		return &unreachable{step, err}
	}
	said := format.Truncate(string(format.AppendVisible(nil, strings.ReplaceAll(answer.Msg, "\n", " "))), maxSaid)
	reply := &replyError{step: step, code: answer.Code, said: said}
	switch code := answer.Code; {
	case code == 421, code == 454, code == 530, code == 534, code == 535, code == 538:
		// The server shuts down, or requires TLS or another login.
		reply.outage = true
	case code/100 == 5:
		return sinks.Refuse(ReasonRefused, reply)
	}
	return reply
}

// codeOf returns the reply code behind err: 250 for success, 0 if there was no reply.
func codeOf(err error) int {
	if err == nil {
		return 250
	}
	if reply, ok := errors.AsType[*replyError](err); ok {
		return reply.code
	}
	return 0
}

// progress records which recipients already have a mail or have refused it, so that it is
// sent again only to the others. It covers one mail at a time.
type progress struct {
	id   string
	done map[string]error // by address; nil if the mail was accepted
}

// of returns the results for the mail id, and drops those of another mail.
func (p *progress) of(id string) map[string]error {
	if p.id != id || p.done == nil {
		p.id, p.done = id, map[string]error{}
	}
	return p.done
}

// end forgets the mail, which will not be sent again.
func (p *progress) end() { *p = progress{} }

// refusals returns an error about the recipients that refused the mail, nil if there are
// none.
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
	err := sinks.Refuse(ReasonRecipient, fmt.Errorf("%d of %d recipients refused the mail, for example: %w", n, len(p.done), first))
	if taken > 0 {
		return &someTook{err}
	}
	return err
}

// someTook reports recipients that refused a mail that others have received.
type someTook struct{ error }

func (e *someTook) Unwrap() error { return e.error }

// forEach turns the refusal of a mail by some of its recipients into a refusal of each
// event, so that no event is sent again in another mail.
func forEach(events []*event.Event, err error) error {
	if _, ok := errors.AsType[*someTook](err); !ok || len(events) == 1 {
		return err
	}
	return &sinks.BatchError{Errs: slices.Repeat([]error{err}, len(events))}
}
