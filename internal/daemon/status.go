package daemon

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/internal/status"
)

// meterPeriod is how often messages are counted for their rate.
const meterPeriod = 5 * time.Second

// measureRates measures how many messages each sink settles, until the returned function
// is called.
func (d *daemon) measureRates(ctx context.Context) (end func()) {
	note := func() {
		for _, p := range d.supervisor.list() {
			s := p.stats()
			p.meter.Note(time.Now(), s.Done+s.Dead)
		}
	}
	note()
	return every(context.WithoutCancel(ctx), meterPeriod, func(time.Time) { note() })
}

// status tells how the daemon is doing.
func (d *daemon) status() *status.Status {
	now := time.Now()
	s := &status.Status{
		Format: status.Format, At: now.UTC().Truncate(time.Second), Version: cliutil.Release(),
		StartedAt: d.started.UTC().Truncate(time.Second), UptimeSeconds: int64(now.Sub(d.started).Seconds()),
		Configuration: status.Configuration{File: d.reloads.file},
		Broker:        status.Broker{Addresses: []string{}}, Sinks: []status.Sink{},
		Hub: d.common.hubStatus(), State: d.state.status(),
	}
	if why := d.reloads.failed.Load(); why != nil {
		s.Configuration.Error = oneLine(*why)
	}
	for _, p := range d.supervisor.list() {
		s.Sinks = append(s.Sinks, p.status())
	}
	sumUp(&s.Broker, s.Sinks)
	if e := d.common.estimates.Stats(); e != nil {
		s.History = &status.History{Kept: e.Kept, Learnt: e.Learnt}
		s.Estimates = &status.Estimates{
			Following: e.Following, Scored: e.Scores.Ratios.Count(),
			WithinInterval: e.Scores.Coverage(), MedianError: e.Scores.Ratios.MedianError(),
		}
	}
	s.Judge()
	return s
}

// sumUp tells of the sessions of all sinks.
func sumUp(b *status.Broker, sinks []status.Sink) {
	for i := range sinks {
		s := &sinks[i]
		if s.ConnectedSince.IsZero() {
			continue
		}
		b.Connected++
		if !slices.Contains(b.Addresses, s.Broker) {
			b.Addresses = append(b.Addresses, s.Broker)
		}
		if s.ConnectedSince.After(b.ConnectedSince) {
			b.ConnectedSince = s.ConnectedSince
		}
	}
}

// hubStatus is nil where there is no hub.
func (c *shared) hubStatus() *status.Hub {
	if c.hub.Client == nil {
		return nil
	}
	calls := c.hub.Client.Stats()
	h := &status.Hub{
		Server: c.hub.Server, CircuitBreaker: status.BreakerClosed,
		LoggedIn: calls.Logins > 0, Calls: calls.Calls,
	}
	if calls.Down {
		h.CircuitBreaker = status.BreakerOpen
	}
	if calls.Requests > 0 {
		reachable := !calls.Down && !c.hub.Enricher.Stats().Down
		h.Reachable = &reachable
	}
	return h
}

// holdsUpAfter is how long a message may be in flight before that is a problem, besides
// what batches wait for. The alert KojiwatchStuck has the same.
const holdsUpAfter = 10 * time.Minute

// status tells how a sink is doing.
func (p *sinkPipeline) status() status.Sink {
	stats := p.stats()
	made, _ := p.newest()
	batches := sinkbuild.ConsumerOptions(made.all, made.config).BatchPolicy
	s := status.Sink{
		Name: p.name, Type: string(made.config.Type), Queue: stats.Queue, Broker: stats.Broker,
		Backlog: countOf(stats.Backlog), DeadLetters: countOf(stats.DeadLetters),
		InFlight: stats.InFlight, OldestInFlightAt: seconds(stats.OldestInFlight), LastDeliveryAt: seconds(stats.LastDelivery),
		Rate: p.meter.Rate(), Done: stats.Done, Dead: stats.Dead, Filtered: p.slot.generation().filtered.Total(),
		Patience: holdsUpAfter + max(batches.Linger, batches.Interval),
	}
	s.State, s.Reason = p.state(&stats)
	if stats.Connected {
		s.ConnectedSince = seconds(stats.Since)
	}
	if e := stats.LastError; !e.At.IsZero() {
		s.LastError = &status.Error{Text: e.Text, Remedy: e.Remedy, At: seconds(e.At)}
	}
	return s
}

// state tells what a sink does, and why if it is kept from consuming.
func (p *sinkPipeline) state(s *consumer.Stats) (state status.State, reason string) {
	p.mu.Lock()
	refused := p.refused
	p.mu.Unlock()
	switch {
	case refused != nil:
		return status.Refused, oneLine(refused.Error())
	case s.Standby:
		return status.Standby, ""
	case !s.Connected:
		return status.Disconnected, ""
	case s.Blocked != "":
		return status.Blocked, s.Blocked
	case s.SinkDown:
		return status.Down, ""
	case s.Failing:
		return status.Failing, ""
	}
	return status.Consuming, ""
}

// oneLine puts an error with several lines, as one of many mistakes is, into one.
func oneLine(text string) string { return strings.ReplaceAll(text, "\n", "; ") }

func countOf(d consumer.Depth) *status.Count {
	if !d.Known() {
		return nil
	}
	return &status.Count{Messages: d.Messages, At: seconds(d.At)}
}

// seconds is a time with the precision that people read.
func seconds(t time.Time) time.Time {
	if t.IsZero() {
		return t
	}
	return t.UTC().Truncate(time.Second)
}
