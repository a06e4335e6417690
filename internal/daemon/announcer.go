package daemon

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/publish"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/announce"
	"github.com/kojiwatch/kojiwatch/internal/boltfile"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// outboxFile is the file in the state folder with the events that are not in every queue yet.
const outboxFile = "outbox.json"

const (
	// announcePeriod is how often it is asked what there is to announce.
	announcePeriod = 2 * time.Second
	// announceTimeout bounds how long the broker may take to confirm it.
	announceTimeout = 20 * time.Second
	// announcePause is the pause after a failure.
	announcePause = 30 * time.Second
)

// announcer puts events about campaigns and alerts into the queues of all sinks for which
// this process works. A nil one does nothing.
type announcer struct {
	outbox    *announce.Outbox
	campaigns *campaigns // nil: there can be none
	alerts    *alerts    // nil: none are configured
	sinks     sinkConsumers
	publisher func() closingPublisher
	failures  cliutil.FailureLogger
	next      time.Time // not before, after a failure
}

// sinkConsumers tells who consumes the queues of the sinks.
type sinkConsumers interface {
	consumers() []sinkConsumer
}

// sinkConsumer says for which sink a queue is consumed, and whether another process does.
type sinkConsumer struct {
	announce.Queue
	elsewhere bool
}

// closingPublisher is a publisher that lets go of its connection.
type closingPublisher interface {
	announce.Publisher
	Close()
}

// newAnnouncer returns nil where there is nothing to announce. What waits and cannot be read
// is set aside.
func newAnnouncer(c *config.Config, d *daemon) *announcer {
	common := d.common
	if common.campaigns == nil && common.alerts == nil {
		return nil
	}
	log := common.logs.Logger
	return &announcer{
		outbox: openOutbox(c.StateDir, log), campaigns: common.campaigns, alerts: common.alerts, sinks: d.supervisor,
		publisher: func() closingPublisher {
			return publish.New(sinkbuild.PublisherOptions(d.reloads.config(), "announcements", log))
		},
		failures: cliutil.FailureLogger{
			Log: log, Begins: "cannot send events about campaigns and alerts; trying again", Ends: "sending events about campaigns and alerts again",
		},
	}
}

func openOutbox(dir string, log zerolog.Logger) *announce.Outbox {
	path := ""
	if dir != "" {
		path = filepath.Join(dir, outboxFile)
	}
	o, err := announce.Open(path)
	if err != nil {
		aside, moved := boltfile.SetAside(path)
		log.Warn().Err(errors.Join(err, moved)).Str("moved_to", aside).Msg("cannot read the events that wait for the queues of sinks; moving the file aside")
	}
	return o
}

// start announces until ctx ends or the returned function is called.
func (a *announcer) start(ctx context.Context) (end func()) {
	if a == nil {
		return func() {}
	}
	return every(ctx, announcePeriod, func(now time.Time) { a.announce(ctx, now) })
}

// announce puts what is new, and what waits, into the queues.
func (a *announcer) announce(ctx context.Context, now time.Time) {
	sinks := a.sinks.consumers()
	if len(sinks) == 0 { // the daemon starts
		return
	}
	err := errors.Join(a.addSteps(sinks, now), a.addAlerts(sinks, now))
	tries := a.outbox.Waiting() > 0 && !now.Before(a.next)
	if tries {
		err = errors.Join(err, a.deliver(ctx, sinks, now))
	}
	switch {
	case ctx.Err() != nil:
	case err != nil:
		a.next = now.Add(announcePause)
		a.failures.Note(err)
	case tries:
		a.failures.Note(nil)
	}
}

func (a *announcer) deliver(ctx context.Context, sinks []sinkConsumer, now time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, announceTimeout)
	defer cancel()
	queues := make([]announce.Queue, 0, len(sinks))
	for _, s := range sinks {
		queues = append(queues, s.Queue)
	}
	p := a.publisher()
	defer p.Close()
	return a.outbox.Deliver(ctx, p, queues, now)
}

// addSteps takes in the steps that campaigns have reached. They are told once they are kept,
// here and with their campaigns.
func (a *announcer) addSteps(sinks []sinkConsumer, now time.Time) error {
	if a.campaigns == nil {
		return nil
	}
	notices := a.campaigns.Due()
	if len(notices) == 0 {
		return nil
	}
	events := make([]*event.Event, 0, len(notices))
	for i := range notices {
		n := &notices[i]
		events = append(events, &event.Event{ID: n.ID, Type: event.CampaignType, Dialect: event.Kojiwatch, Campaign: &n.Campaign})
	}
	if err := a.outbox.Add(events, ours(sinks), now); err != nil {
		return err
	}
	a.campaigns.Told(notices)
	return a.campaigns.keep()
}

// addAlerts takes in the alerts that have begun or ended.
func (a *announcer) addAlerts(sinks []sinkConsumer, now time.Time) error {
	if a.alerts == nil {
		return nil
	}
	events := a.alerts.due(now)
	if len(events) == 0 {
		return nil
	}
	return errors.Join(a.outbox.Add(events, ours(sinks), now), a.alerts.keep())
}

// ours returns the sinks for which no other process works: that one tells the others.
func ours(sinks []sinkConsumer) []string {
	var names []string
	for _, s := range sinks {
		if !s.elsewhere {
			names = append(names, s.Sink)
		}
	}
	return names
}

// consumers tells what is known of the sinks' queues.
func (s *supervisor) consumers() []sinkConsumer {
	var all []sinkConsumer
	for _, p := range s.list() {
		made, _ := p.newest()
		stats := p.stats()
		c := sinkConsumer{announce.Queue{Sink: p.name}, isElsewhere(&stats, made.config.Queue.SingleActiveConsumer)}
		if stats.Connected {
			c.Name = stats.Queue
		}
		all = append(all, c)
	}
	return all
}

// isElsewhere reports whether the broker hands the messages of a queue to another process:
// that was there first, and this one was handed none since.
func isElsewhere(s *consumer.Stats, singleActive bool) bool {
	if s.Standby {
		return true
	}
	return s.Connected && singleActive && s.OtherConsumers > 0 && !s.LastDelivery.After(s.Since)
}
