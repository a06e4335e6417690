// Package listen follows the messages of a broker for commands that wait for something.
// Its queue goes away with the connection, so what is published meanwhile is missed; it
// tells when that may have happened.
package listen

import (
	"context"
	"errors"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/parse"
)

// Listener follows the messages of a broker.
type Listener struct {
	consumer session
	matches  func(*event.Event) bool
	woken    chan struct{} // capacity 1: something of interest has come
	epoch    uint64        // of the session at the last look
}

// session consumes messages. A *consumer.Consumer is one.
type session interface {
	Run(ctx context.Context) error
	Stats() consumer.Stats
}

// silent is after which time a look is due although the session holds.
const silent = 30 * time.Minute

// Options returns how a command consumes what the configuration's sinks consume, on a
// queue that goes away with the connection.
func Options(c *config.Config, command string) consumer.Options {
	s := c.Sinks[0]
	s.Type = config.SinkStdout
	o := sinkbuild.ConsumerOptions(c, &s)
	o.Queue = consumer.Queue{Exclusive: true, AutoDelete: true}
	o.Declare, o.DeadQueue, o.AttemptsFile, o.Sink = consumer.Active, "", "", ""
	o.Name = c.Broker.ConnectionName + " " + command
	o.Bindings = nil
	for i := range c.Sinks {
		o.Bindings = append(o.Bindings, consumer.Binding{Exchange: c.Sinks[i].Exchange, Keys: c.Sinks[i].Topics})
	}
	return o
}

// New returns a listener for the events that match. Matches must be safe for concurrent
// use with all else.
func New(o consumer.Options, matches func(*event.Event) bool) (*Listener, error) {
	l := &Listener{matches: matches, woken: make(chan struct{}, 1)}
	o.Log, o.DeadLetters = zerolog.Nop(), ignored{}
	c, err := consumer.New(handler{l, parse.New(parse.Options{})}, o)
	l.consumer = c
	return l, err
}

// Run listens until ctx ends. An error means that the broker refuses for good.
func (l *Listener) Run(ctx context.Context) error { return l.consumer.Run(ctx) }

// Ready returns when messages come, at the latest after the time that is given.
func (l *Listener) Ready(ctx context.Context, most time.Duration) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for ctx.Err() == nil {
		if s := l.consumer.Stats(); s.Connected {
			l.epoch = s.Epoch
			return
		}
		l.pause(ctx)
	}
}

// Wait returns when something has come that matches, when something may have been missed,
// and, while nothing can come, after a pause.
func (l *Listener) Wait(ctx context.Context, pause time.Duration) {
	begun := time.Now()
	for ctx.Err() == nil {
		if l.pause(ctx) {
			return
		}
		s := l.consumer.Stats()
		waited := time.Since(begun)
		switch {
		case s.Connected && s.Epoch != l.epoch:
			l.epoch = s.Epoch
			return
		case !s.Connected && waited >= pause, waited >= silent:
			return
		}
	}
}

// step is how often it is looked whether the session still holds.
const step = 200 * time.Millisecond

// pause waits a moment. It reports whether something has come.
func (l *Listener) pause(ctx context.Context) bool {
	t := time.NewTimer(step)
	defer t.Stop()
	select {
	case <-l.woken:
		return true
	case <-t.C:
	case <-ctx.Done():
	}
	return false
}

// handler looks at events. What can't be parsed is of no interest.
type handler struct {
	l      *Listener
	parser *parse.Parser
}

func (h handler) Parse(d *consumer.Delivery) (*event.Event, error) {
	e, err := h.parser.Parse(pipeline.ParseDelivery(d))
	if err != nil {
		return nil, nil //nolint:nilerr // there is nothing in it to wait for
	}
	return e, nil
}

func (h handler) Key(*event.Event) uint64 { return 0 }

func (h handler) Deliver(_ context.Context, batch []*event.Event) error {
	for _, e := range batch {
		if e == nil || !h.l.matches(e) {
			continue
		}
		select {
		case h.l.woken <- struct{}{}:
		default: // it is awake
		}
	}
	return nil
}

// ignored is for a handler that accepts every delivery.
type ignored struct{}

func (ignored) Put(context.Context, consumer.DeadLetter) error {
	return errors.New("there are no dead letters")
}
