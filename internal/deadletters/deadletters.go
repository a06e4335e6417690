// Package deadletters lists, shows, sends back or drops selected dead letters of a sink,
// whether they are in a queue or in a file.
package deadletters

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/parse"
)

// Action is what to do with each selected dead letter.
type Action uint8

// The actions.
const (
	List  Action = iota // print a line
	Show                // print it completely, as a line of a recording
	Retry               // send it back to its sink
	Drop                // delete it
)

// Options select dead letters and the action.
type Options struct {
	Action Action
	Sink   string
	Reason string // "" selects all reasons
	ID     string // of the event; "" selects all events
	Limit  int    // the maximum number of dead letters to read
	JSON   bool   // list as JSON
}

// Run performs the action on the selected dead letters of a sink.
func Run(ctx context.Context, streams cliutil.Streams, c *config.Config, o Options) (err error) {
	s, err := sinkbuild.SinkNamed(c, o.Sink)
	if err != nil {
		return err
	}
	place, source, err := open(ctx, streams, c, s)
	if err != nil {
		return err
	}
	// Closing removes what was sent back or dropped from a file, even if ctx has ended.
	defer func() { err = errors.Join(err, source.Close(context.WithoutCancel(ctx))) }()
	out := bufio.NewWriter(streams.Out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	w := &walk{o: o, source: source, out: out, stderr: streams.Err, place: place, parser: parse.New(parse.Options{
		Instance: c.Instance, MaxBody: int(c.Limits.Body), MaxDepth: c.Limits.Depth,
	})}
	err = w.run(ctx)
	_, _ = fmt.Fprintf(streams.Err, "%s: %d of %d dead letters %s\n", place, w.taken, w.seen, []string{"listed", "shown", "sent back", "dropped"}[o.Action])
	if w.others > 0 {
		_, _ = fmt.Fprintf(streams.Err, "%s: skipped, of other sinks: %d\n", place, w.others)
	}
	return err
}

// open opens the queue or file of a sink's dead letters.
func open(ctx context.Context, streams cliutil.Streams, c *config.Config, s *config.Sink) (place string, source deadletter.Source, err error) {
	logs, err := cliutil.NewLog(c.Log, streams.Err)
	if err != nil {
		return "", nil, err
	}
	publisher := sinkbuild.PublisherOptions(c, s.Name+" dead letters", logs.Logger)
	if s.DeadLetters != config.DeadLettersFile {
		place = sinkbuild.DeadQueue(s)
		source, err = deadletter.OpenQueue(ctx, publisher, place, s.Queue.Name)
		return place, source, err
	}
	place = sinkbuild.DeadPath(c, s)
	back := deadletter.RepublishOptions{
		Publisher: publisher, Queue: s.Queue.Name,
		Note: func(err error) {
			_, _ = fmt.Fprintf(streams.Err, "%v; sending the dead letters straight through the sink\n", err)
		},
		Direct: func(ctx context.Context) (deadletter.Sender, error) { return openDirect(ctx, streams, c, s) },
	}
	if s.Queue.Exclusive {
		back.Queue = ""
	}
	source, err = deadletter.OpenFile(ctx, place, back)
	return place, source, err
}

// walk is one pass over dead letters.
type walk struct {
	o      Options
	source deadletter.Source
	place  string
	out    io.Writer
	stderr io.Writer
	parser *parse.Parser

	seen, taken, others int
	stuck, unreadable   int // selected, but not removed
}

func (w *walk) run(ctx context.Context) error {
	for w.seen < w.o.Limit {
		dead, err := w.source.Next(ctx, w.o.Action <= Show)
		if errors.Is(err, io.EOF) {
			break
		}
		if line, ok := errors.AsType[*recording.LineError](err); ok {
			w.unreadable++
			_, _ = fmt.Fprintf(w.stderr, "%s:%d: %v\n", w.place, line.Line, line.Err)
			continue
		}
		if err != nil {
			return err
		}
		w.seen++
		if err := w.take(ctx, dead); err != nil {
			return err
		}
	}
	switch {
	case w.stuck > 0:
		return fmt.Errorf("dead letters that the sink does not take, and that stay: %d", w.stuck)
	case w.unreadable > 0:
		return fmt.Errorf("lines that hold no dead letter, and that stay: %d", w.unreadable)
	}
	return nil
}

// take performs the action on a dead letter if it is selected.
func (w *walk) take(ctx context.Context, dead *deadletter.Letter) error {
	if dead.Sink != "" && dead.Sink != w.o.Sink {
		w.others++
		return nil
	}
	id, e := "-", w.eventOf(dead)
	if e != nil {
		id = e.ID
	}
	if w.o.Reason != "" && dead.Reason != w.o.Reason || w.o.ID != "" && id != w.o.ID {
		return nil
	}
	var err error
	switch w.o.Action {
	case Retry:
		err = dead.Retry(ctx)
	case Drop:
		err = dead.Drop()
	case Show:
		err = w.show(dead)
	case List:
		err = w.list(dead, id, e)
	}
	if stays, ok := errors.AsType[*deadletter.StaysError](err); ok {
		w.stuck++
		_, _ = fmt.Fprintf(w.stderr, "%s: %s\n", cliutil.Visible(id), cliutil.Visible(stays.Error()))
		return nil
	}
	if err == nil {
		w.taken++
	}
	return err
}

// eventOf returns the event of a message, nil if the message cannot be parsed.
func (w *walk) eventOf(dead *deadletter.Letter) *event.Event {
	e, err := w.parser.Parse(pipeline.ParseDelivery(dead.Delivery))
	if err != nil {
		return nil
	}
	return e
}
