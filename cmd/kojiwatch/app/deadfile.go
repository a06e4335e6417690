package app

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// fileLetters are the dead letters in a sink's file for them.
type fileLetters struct {
	box  *recording.DeadBox
	back *wayBack
}

func openFileLetters(ctx context.Context, streams Streams, c *config.Config, s *config.Sink) (*fileLetters, error) {
	box, err := recording.OpenDeadBox(ctx, deadPath(c, s))
	if err != nil {
		return nil, err
	}
	return &fileLetters{box, &wayBack{streams: streams, c: c, s: s, direct: s.Queue.Name == "" || s.Queue.Exclusive}}, nil
}

func (f *fileLetters) next(ctx context.Context, _ bool) (*deadLetter, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	letter, err := f.box.Next()
	if err != nil {
		return nil, err
	}
	drop := func() error { return f.box.Take(letter) }
	return &deadLetter{
		DeadLetter: letter.DeadLetter,
		drop:       drop,
		retry: func(ctx context.Context) error {
			if err := f.back.send(ctx, letter.Delivery); err != nil {
				return err
			}
			return drop()
		},
	}, nil
}

func (f *fileLetters) close(ctx context.Context) error {
	return errors.Join(f.box.Close(ctx), f.back.close(ctx))
}

// wayBack is how letters in a file get back to their sink: into its queue or,
// where the broker lets nobody publish or the queue is gone with its consumer,
// straight through the sink.
type wayBack struct {
	streams   Streams
	c         *config.Config
	s         *config.Sink
	direct    bool
	publisher *consumer.Publisher
	line      *directLine
}

func (w *wayBack) send(ctx context.Context, d *consumer.Delivery) error {
	if !w.direct {
		if w.publisher == nil {
			logs, err := newLog(w.c.Log, w.streams.Err)
			if err != nil {
				return err
			}
			w.publisher = consumer.NewPublisher(publisherOptions(w.c, w.s.Name+" dead letters", logs.logger))
		}
		err := w.publisher.SendBack(ctx, d, w.s.Queue.Name)
		if !errors.Is(err, consumer.ErrNotAllowed) {
			return err
		}
		w.direct = true
		_, _ = fmt.Fprintf(w.streams.Err, "%v; the letters go straight through the sink\n", err)
	}
	if w.line == nil {
		var err error
		if w.line, err = openDirectLine(ctx, w.streams, w.c, w.s); err != nil {
			return err
		}
	}
	return w.line.send(ctx, d)
}

func (w *wayBack) close(ctx context.Context) error {
	if w.publisher != nil {
		w.publisher.Close()
	}
	if w.line != nil {
		return w.line.close(ctx)
	}
	return nil
}

// directLine is the line of a sink without its queue.
type directLine struct {
	handler *handler
	hub     *hubLink
	sink    io.Closer
}

// openDirectLine builds the line that a message takes behind its queue.
func openDirectLine(ctx context.Context, streams Streams, c *config.Config, s *config.Sink) (*directLine, error) {
	if s.Type == config.SinkFile {
		return nil, fmt.Errorf("sink %s: no other process may write to its file; add what \"kojiwatch replay %s\" prints yourself", s.Name, deadPath(c, s))
	}
	logs, err := newLog(c.Log, streams.Err)
	if err != nil {
		return nil, err
	}
	hub, err := openCommandHub(ctx, streams, c, nil)
	if err != nil {
		return nil, err
	}
	sink, err := newSink(c, s, surroundings{streams: streams, logs: logs})
	if err != nil {
		return nil, errors.Join(err, hub.close(ctx))
	}
	filtered, err := newFiltered(c, s, sink)
	if err != nil {
		return nil, errors.Join(err, sink.Close(), hub.close(ctx))
	}
	return &directLine{newHandler(newParser(c, s), hub.enricher, filtered), hub, sink}, nil
}

// send hands a message to the sink. A [*staysError] is about this message alone.
func (l *directLine) send(ctx context.Context, d *consumer.Delivery) error {
	j, err := l.handler.Parse(d) //nolint:contextcheck // questions to the hub outlive a message
	if err != nil {
		return &staysError{err}
	}
	err = l.handler.Deliver(ctx, []*job{j})
	if each, ok := errors.AsType[*consumer.BatchError](err); ok {
		err = each.At(0)
	}
	if sinks.IsRefusal(err) {
		return &staysError{err}
	}
	return err
}

// staysError is that a letter stays where it is, whatever becomes of the others.
type staysError struct{ err error }

func (e *staysError) Error() string { return e.err.Error() }
func (e *staysError) Unwrap() error { return e.err }

func (l *directLine) close(ctx context.Context) error {
	return errors.Join(l.sink.Close(), l.hub.close(ctx))
}
