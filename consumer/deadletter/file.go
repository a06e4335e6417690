package deadletter

import (
	"context"
	"errors"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
)

// File are the dead letters in a sink's file for them.
type File struct {
	box  *recording.DeadBox
	back *republisher
}

// OpenFile opens the dead letters in a file.
func OpenFile(ctx context.Context, path string, back RepublishOptions) (*File, error) {
	box, err := recording.OpenDeadBox(ctx, path)
	if err != nil {
		return nil, err
	}
	return &File{box, &republisher{o: back, direct: back.Queue == ""}}, nil
}

func (f *File) Next(ctx context.Context, _ bool) (*Letter, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	letter, err := f.box.Next()
	if err != nil {
		return nil, err
	}
	drop := func() error { return f.box.Take(letter) }
	return &Letter{
		DeadLetter: letter.DeadLetter,
		Drop:       drop,
		Retry: func(ctx context.Context) error {
			if err := f.back.send(ctx, letter.Delivery); err != nil {
				return err
			}
			return drop()
		},
	}, nil
}

func (f *File) Close(ctx context.Context) error {
	return errors.Join(f.box.Close(ctx), f.back.close(ctx))
}

// republisher is how letters in a file get back to their sink: into its queue or,
// where the broker lets nobody publish or the queue is gone with its consumer,
// straight through the sink.
type republisher struct {
	o         RepublishOptions
	direct    bool
	publisher *consumer.Publisher
	line      Sender
}

// RepublishOptions say how letters in a file get back to their sink.
type RepublishOptions struct {
	Publisher consumer.PublisherOptions
	Queue     string // of the sink; "" is one that nobody else can publish to
	// Note is told that the broker lets nobody publish.
	Note func(error)
	// Direct opens the way straight through the sink.
	Direct func(context.Context) (Sender, error)
}

// Sender is a way through a sink without its queue. An error of Send that is a
// [*staysError] is about this message alone.
type Sender interface {
	Send(ctx context.Context, d *consumer.Delivery) error
	Close(ctx context.Context) error
}

func (w *republisher) send(ctx context.Context, d *consumer.Delivery) error {
	if !w.direct {
		if w.publisher == nil {
			w.publisher = consumer.NewPublisher(w.o.Publisher)
		}
		err := w.publisher.SendBack(ctx, d, w.o.Queue)
		if !errors.Is(err, consumer.ErrNotAllowed) {
			return err
		}
		w.direct = true
		w.o.Note(err)
	}
	if w.line == nil {
		var err error
		if w.line, err = w.o.Direct(ctx); err != nil {
			return err
		}
	}
	return w.line.Send(ctx, d)
}

func (w *republisher) close(ctx context.Context) error {
	if w.publisher != nil {
		w.publisher.Close()
	}
	if w.line != nil {
		return w.line.Close(ctx)
	}
	return nil
}
