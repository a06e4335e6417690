package parse_test

import (
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/parse"
)

// own returns a message as kojiwatch publishes it, for a change of its event.
func own(change func(*event.Event)) *parse.Delivery {
	e := &event.Event{
		ID: "kojiwatch campaign f44 50", Type: event.CampaignType, Dialect: event.Kojiwatch,
		Campaign: &event.Campaign{
			Name: "f44", Step: event.StepHalf, Total: koji.Some(int64(4)), Percent: koji.Some(int64(50)),
			Causes: []event.Cause{{Kind: "compile", Count: 1, Packages: []string{"bash"}}},
		},
	}
	change(e)
	return &parse.Delivery{
		RoutingKey: "kojiwatch.sink", MessageID: e.ID, Headers: map[string]any{parse.HeaderOrigin: parse.Own}, Body: e.AppendJSON(nil),
		ReceivedAt: time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC),
	}
}

// alert turns the event into one about an alert, which is then changed.
func alert(change func(*event.Alert)) func(*event.Event) {
	return func(e *event.Event) {
		e.Type, e.Campaign = event.AlertType, nil
		e.Alert = &event.Alert{Key: "host-silent/b-1", State: event.AlertFiring, Kind: "host-silent", Severity: event.SeverityCritical}
		change(e.Alert)
	}
}

func TestOwnMessages(t *testing.T) {
	for name, test := range map[string]struct {
		change      func(*event.Event)
		topic, want string
	}{
		"a campaign": {func(*event.Event) {}, "kojiwatch.campaign.50", `"campaign":{"name":"f44","step":"50","total":4,"percent":50,"causes":[{"kind":"compile","count":1,"packages":["bash"]}]}`},
		"an alert":   {alert(func(a *event.Alert) { a.Task = 5 }), "kojiwatch.alert.firing", `"alert":{"key":"host-silent/b-1","state":"firing","kind":"host-silent","severity":"critical","task":5}`},
		"other members are ignored": {func(e *event.Event) {
			e.Task, e.URL, e.Summary, e.Raw = &koji.Task{ID: 7}, "https://evil.test", "all is well", []byte("1")
		}, "kojiwatch.campaign.50", `"received_at":"2026-11-22T07:31:00Z","campaign":{`},
	} {
		t.Run(name, func(t *testing.T) {
			e, err := parse.New(parse.Options{}).Parse(own(test.change))
			if err != nil {
				t.Fatal(err)
			}
			if text := string(e.AppendJSON(nil)); e.ID != "kojiwatch campaign f44 50" || e.Dialect != event.Kojiwatch || e.Topic != test.topic || !strings.Contains(text, test.want) {
				t.Errorf("got %s", text)
			}
		})
	}
}

// TestForgedOwnMessages: what comes through another exchange is none of kojiwatch's own,
// whatever its headers say, and is an event of type Unknown.
func TestForgedOwnMessages(t *testing.T) {
	d := own(func(*event.Event) {})
	d.Exchange, d.RoutingKey = "amq.topic", "koji.campaign.done"
	d.Headers["type"] = "Campaign"
	e, err := parse.New(parse.Options{}).Parse(d)
	if err != nil || e.Type != event.Unknown || e.Campaign != nil {
		t.Errorf("got %+v, %v", e, err)
	}
}

func TestWrongOwnMessages(t *testing.T) {
	long := strings.Repeat("x", 3000)
	for name, change := range map[string]func(*event.Event){
		"another type":          func(e *event.Event) { e.Type = event.Tag },
		"no campaign":           func(e *event.Event) { e.Campaign = nil },
		"both":                  func(e *event.Event) { e.Alert = &event.Alert{} },
		"no name":               func(e *event.Event) { e.Campaign.Name = "" },
		"a long name":           func(e *event.Event) { e.Campaign.Name = long },
		"an unknown step":       func(e *event.Event) { e.Campaign.Step = "42" },
		"a failure of no kind":  func(e *event.Event) { e.Campaign.Step = event.StepFailure },
		"less than nothing":     func(e *event.Event) { e.Campaign.Done = koji.Some(int64(-1)) },
		"many causes":           func(e *event.Event) { e.Campaign.Causes = make([]event.Cause, 21) },
		"a cause of no kind":    func(e *event.Event) { e.Campaign.Causes[0].Kind = "" },
		"a cause of nothing":    func(e *event.Event) { e.Campaign.Causes[0].Count = 0 },
		"many packages":         func(e *event.Event) { e.Campaign.Causes[0].Packages = make([]string, 11) },
		"a long package":        func(e *event.Event) { e.Campaign.Causes[0].Packages = []string{long} },
		"too large":             func(e *event.Event) { e.Summary = strings.Repeat("x", 70_000) },
		"an alert without key":  alert(func(a *event.Alert) { a.Key = "" }),
		"an alert of no state":  alert(func(a *event.Alert) { a.State = "" }),
		"an unknown severity":   alert(func(a *event.Alert) { a.Severity = "loud" }),
		"long evidence":         alert(func(a *event.Alert) { a.Evidence = long }),
		"a task below zero":     alert(func(a *event.Alert) { a.Task = -1 }),
		"a host with long name": alert(func(a *event.Alert) { a.Host = long }),
	} {
		t.Run(name, func(t *testing.T) {
			if e, err := parse.New(parse.Options{}).Parse(own(change)); err == nil {
				t.Errorf("got %s", e.AppendJSON(nil))
			}
		})
	}
}

// FuzzOwn parses arbitrary bodies that come as kojiwatch's own.
func FuzzOwn(f *testing.F) {
	f.Add(own(func(*event.Event) {}).Body)
	f.Add(own(alert(func(*event.Alert) {})).Body)
	p := parse.New(parse.Options{})
	f.Fuzz(func(t *testing.T, body []byte) {
		d := &parse.Delivery{MessageID: "id", Headers: map[string]any{parse.HeaderOrigin: parse.Own}, Body: body}
		check(t, p, d)
		if e, err := p.Parse(d); err == nil && e.Type != event.CampaignType && e.Type != event.AlertType {
			t.Errorf("an event of type %s", e.Type)
		}
	})
}
