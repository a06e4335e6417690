package parse

import (
	"errors"
	"fmt"
	"slices"

	"github.com/kojiwatch/kojiwatch/event"
)

// Own is the value of [HeaderOrigin] in messages about campaigns and alerts, which kojiwatch
// puts into the queues of its sinks. The body is the JSON of an event.
const Own = "kojiwatch"

// isOwn reports whether a message says that kojiwatch has published it, and came through the
// default exchange. Who publishes to the exchange that the queue is bound to can set the
// header, but not choose that exchange.
func isOwn(d *Delivery) bool { return d.Exchange == "" && d.Headers[HeaderOrigin] == Own }

// The bounds of kojiwatch's own messages, in bytes and items.
const (
	maxOwnBody  = 64 << 10
	maxOwnName  = 200
	maxOwnText  = 2000
	maxCauses   = 20
	maxPackages = 10
)

// own reads one of kojiwatch's own messages.
func (p *Parser) own(e *event.Record, r *reader, d *Delivery, props properties, body []byte) error {
	said, err := ownEvent(body)
	if err != nil {
		return fmt.Errorf("message of kojiwatch's own: %w", err)
	}
	e.Reset()
	e.Type, e.Dialect, e.Campaign, e.Alert = said.Type, event.Kojiwatch, said.Campaign, said.Alert
	e.ID = r.eventID(d, props)
	p.finish(&e.Event, d, props, body)
	if c := e.Campaign; c != nil {
		e.Topic = "kojiwatch.campaign." + string(c.Step)
	} else {
		e.Topic = "kojiwatch.alert." + string(e.Alert.State)
	}
	return nil
}

// ownEvent reads the body of one of kojiwatch's own messages. Only the campaign or the alert
// counts; what else the JSON has is ignored.
func ownEvent(body []byte) (*event.Event, error) {
	if len(body) > maxOwnBody {
		return nil, fmt.Errorf("the body has %d bytes, more than the limit of %d", len(body), maxOwnBody)
	}
	e := new(event.Event)
	if err := e.UnmarshalJSON(body); err != nil {
		return nil, err
	}
	switch {
	case e.Type == event.CampaignType && e.Campaign != nil && e.Alert == nil:
		return e, checkCampaign(e.Campaign)
	case e.Type == event.AlertType && e.Alert != nil && e.Campaign == nil:
		return e, checkAlert(e.Alert)
	}
	return nil, errMisfit
}

// Errors about kojiwatch's own messages.
var (
	errLong    = errors.New("a text is too long")
	errMissing = errors.New("a name is missing")
	errUnknown = errors.New("a word is unknown")
	errNumber  = errors.New("a number is out of range")
)

func checkCampaign(c *event.Campaign) error {
	switch {
	case c.Name == "" || c.Step == event.StepFailure && c.Kind == "":
		return errMissing
	case !slices.Contains(event.Steps(), c.Step):
		return errUnknown
	case tooLong(maxOwnName, c.Name, c.Kind):
		return errLong
	case len(c.Causes) > maxCauses:
		return errNumber
	}
	for _, n := range []int64{
		c.Total.Value, c.Percent.Value, c.ToDo.Value, c.Waiting.Value, c.Running.Value, c.Done.Value, c.Failed.Value,
	} {
		if n < 0 {
			return errNumber
		}
	}
	for i := range c.Causes {
		if err := checkCause(&c.Causes[i]); err != nil {
			return err
		}
	}
	return nil
}

func checkCause(c *event.Cause) error {
	switch {
	case c.Kind == "":
		return errMissing
	case tooLong(maxOwnName, c.Kind) || tooLong(maxOwnName, c.Packages...):
		return errLong
	case c.Count <= 0 || len(c.Packages) > maxPackages:
		return errNumber
	}
	return nil
}

func checkAlert(a *event.Alert) error {
	switch {
	case a.Key == "" || a.Kind == "":
		return errMissing
	case a.State != event.AlertFiring && a.State != event.AlertResolved,
		a.Severity != event.SeverityWarning && a.Severity != event.SeverityCritical:
		return errUnknown
	case tooLong(3*maxOwnName, a.Key), tooLong(maxOwnText, a.Evidence, a.Remedy),
		tooLong(maxOwnName, a.Kind, a.Host, a.Channel, a.Arch, a.Target, a.Tag):
		return errLong
	case a.Task < 0:
		return errNumber
	}
	return nil
}

func tooLong(limit int, texts ...string) bool {
	return slices.ContainsFunc(texts, func(text string) bool { return len(text) > limit })
}
