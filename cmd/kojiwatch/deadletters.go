package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer/deadletter"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/parse"
)

// DeadAction is what to do with dead letters.
type DeadAction uint8

// The actions.
const (
	DeadList  DeadAction = iota // a line for each
	DeadShow                    // each as a line of a recording, complete
	DeadRetry                   // back to their sink
	DeadDrop                    // away, for good
)

// DeadOptions say which letters, and what to do with them.
type DeadOptions struct {
	Action DeadAction
	Sink   string
	Reason string // "" is every reason
	ID     string // of the event; "" is every one
	Limit  int    // how many letters are looked at
	JSON   bool   // list as JSON
}

// Dead works on the dead letters of a sink.
func Dead(ctx context.Context, streams cliutil.Streams, c *config.Config, o DeadOptions) (err error) {
	s, err := sinkbuild.SinkNamed(c, o.Sink)
	if err != nil {
		return err
	}
	place, letters, err := openLetters(ctx, streams, c, s)
	if err != nil {
		return err
	}
	// What was taken from a file is taken, even if the command is broken off.
	defer func() { err = errors.Join(err, letters.Close(context.WithoutCancel(ctx))) }()
	out := bufio.NewWriter(streams.Out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	w := &deadWork{o: o, letters: letters, out: out, stderr: streams.Err, place: place, parser: parse.New(parse.Options{
		Instance: c.Instance, MaxBody: int(c.Limits.Body), MaxDepth: c.Limits.Depth,
	})}
	err = w.run(ctx)
	_, _ = fmt.Fprintf(streams.Err, "%s: %d of %d letters %s\n", place, w.taken, w.seen, []string{"listed", "shown", "sent back", "dropped"}[o.Action])
	if w.others > 0 {
		_, _ = fmt.Fprintf(streams.Err, "%s: left alone, of other sinks: %d\n", place, w.others)
	}
	return err
}

// openLetters opens the place of a sink's dead letters.
func openLetters(ctx context.Context, streams cliutil.Streams, c *config.Config, s *config.Sink) (place string, letters deadletter.Source, err error) {
	logs, err := cliutil.NewLog(c.Log, streams.Err)
	if err != nil {
		return "", nil, err
	}
	publisher := sinkbuild.PublisherOptions(c, s.Name+" dead letters", logs.Logger)
	if s.DeadLetters != config.DeadLettersFile {
		place = sinkbuild.DeadQueue(s)
		letters, err = deadletter.OpenQueue(ctx, publisher, place, s.Queue.Name)
		return place, letters, err
	}
	place = sinkbuild.DeadPath(c, s)
	back := deadletter.RepublishOptions{
		Publisher: publisher, Queue: s.Queue.Name,
		Note: func(err error) {
			_, _ = fmt.Fprintf(streams.Err, "%v; the letters go straight through the sink\n", err)
		},
		Direct: func(ctx context.Context) (deadletter.Sender, error) { return openDirectLine(ctx, streams, c, s) },
	}
	if s.Queue.Exclusive {
		back.Queue = ""
	}
	letters, err = deadletter.OpenFile(ctx, place, back)
	return place, letters, err
}

// deadWork goes through dead letters once.
type deadWork struct {
	o       DeadOptions
	letters deadletter.Source
	place   string
	out     io.Writer
	stderr  io.Writer
	parser  *parse.Parser

	seen, taken, others int
	stuck, unreadable   int // letters that stay though they were asked for
}

func (w *deadWork) run(ctx context.Context) error {
	for w.seen < w.o.Limit {
		letter, err := w.letters.Next(ctx, w.o.Action <= DeadShow)
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
		if err := w.take(ctx, letter); err != nil {
			return err
		}
	}
	switch {
	case w.stuck > 0:
		return fmt.Errorf("letters that the sink does not take, and that stay: %d", w.stuck)
	case w.unreadable > 0:
		return fmt.Errorf("lines that are no dead letters, and that stay: %d", w.unreadable)
	}
	return nil
}

// take does what is to be done with a letter, if it is one of those that were
// asked for.
func (w *deadWork) take(ctx context.Context, letter *deadletter.Letter) error {
	if letter.Sink != "" && letter.Sink != w.o.Sink {
		w.others++
		return nil
	}
	id := w.idOf(letter)
	if w.o.Reason != "" && letter.Reason != w.o.Reason || w.o.ID != "" && id != w.o.ID {
		return nil
	}
	var err error
	switch w.o.Action {
	case DeadRetry:
		err = letter.Retry(ctx)
	case DeadDrop:
		err = letter.Drop()
	case DeadShow:
		err = w.show(letter)
	case DeadList:
		err = w.list(letter, id)
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

// idOf is the id of the letter's event; "-" if it makes none.
func (w *deadWork) idOf(letter *deadletter.Letter) string {
	e, err := w.parser.Parse(pipeline.ParseDelivery(letter.Delivery))
	if err != nil {
		return "-"
	}
	return e.ID
}
