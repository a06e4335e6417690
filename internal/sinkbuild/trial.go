package sinkbuild

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/internal/suggest"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/format"
	"github.com/kojiwatch/kojiwatch/sinks/sample"
)

// trier is implemented by sinks that can show the exchange with their receiver.
type trier interface {
	Try(ctx context.Context, e *event.Event) (said string, err error)
}

// previewer is implemented by sinks that can describe what they would do with an event.
type previewer interface {
	Preview(e *event.Event) string
}

// RefusedError reports that a sink permanently refused a sample event.
type RefusedError struct {
	Reason string
	Err    error
}

func (e *RefusedError) Error() string {
	return fmt.Sprintf("refused (%s), such an event would be a dead letter: %v", cliutil.Visible(e.Reason), e.Err)
}

func (e *RefusedError) Unwrap() error { return e.Err }

// DefaultSample is the type of the event that a sink is tested with by default.
const DefaultSample = string(event.BuildStateChange)

// Test sends one sample event of a type through a sink, and shows the request and the answer.
// The error is a [*RefusedError] if the sink refuses the event.
func Test(ctx context.Context, streams cliutil.Streams, c *config.Config, name, eventType string) (err error) {
	s, err := SinkNamed(c, name)
	if err != nil {
		return err
	}
	e, err := sampleOf(eventType, c.Instance)
	if err != nil {
		return err
	}
	note, err := filterNote(c, s, e)
	if err != nil {
		return err
	}
	logs, err := cliutil.NewLog(c.Log, streams.Err)
	if err != nil {
		return err
	}
	sink, err := New(c, s, Deps{Streams: streams, Logs: logs})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, sink.Close()) }()
	_, _ = fmt.Fprintf(streams.Err, "a sample %s with the id %s goes to sink %s (%s)%s\n", e.Type, e.ID, s.Name, s.Type, note)
	began := time.Now()
	if err := try(ctx, streams.Out, sink, e); err != nil {
		return testError(err)
	}
	_, _ = fmt.Fprintf(streams.Err, "done: the sink has it, after %s\n", time.Since(began).Round(time.Millisecond))
	return nil
}

// sampleOf returns a sample event that receivers can distinguish from real events and from
// earlier samples.
func sampleOf(eventType, instance string) (*event.Event, error) {
	events, err := sample.Events()
	if err != nil {
		return nil, err
	}
	var types []string
	for _, e := range events {
		if string(e.Type) != eventType {
			types = append(types, string(e.Type))
			continue
		}
		e.ID = "test-" + rand.Text()
		e.Summary = "test of kojiwatch: " + e.Summary
		e.ReceivedAt = time.Now().UTC().Truncate(time.Microsecond)
		if instance != "" {
			e.Instance = instance
		}
		return e, nil
	}
	return nil, &UnknownError{fmt.Sprintf("there is no type of event %q%s\nthe types are %s",
		eventType, suggest.Meant(eventType, types), strings.Join(types, ", "))}
}

// filterNote returns a note if the sink's filter rejects the event.
func filterNote(c *config.Config, s *config.Sink, e *event.Event) (string, error) {
	f, err := NewFilter(c, s)
	if err != nil {
		return "", err
	}
	if f.Pass(e) {
		return "", nil
	}
	return "; its filter would turn it away (" + f.Explain(e).Key + ")", nil
}

// try sends an event and shows the exchange or, if the sink cannot show it, a preview.
func try(ctx context.Context, out io.Writer, sink sinks.Sink, e *event.Event) error {
	t, ok := sink.(trier)
	if !ok {
		if p, ok := sink.(previewer); ok {
			show(out, p.Preview(e))
		}
		return sink.Send(ctx, []*event.Event{e})
	}
	said, err := t.Try(ctx, e)
	show(out, said)
	return err
}

// show writes untrusted text line by line, with invisible characters escaped.
func show(out io.Writer, text string) {
	for line := range strings.Lines(strings.TrimRight(text, "\n")) {
		_, _ = fmt.Fprintln(out, format.Plain(strings.TrimSuffix(line, "\n"))) // backslashes stay, so that the text can be pasted
	}
}

// testError explains the error of a sample event.
func testError(err error) error {
	if each, ok := errors.AsType[*sinks.BatchError](err); ok {
		err = each.At(0)
	}
	if reason, ok := delivery.Reason(err); ok {
		return &RefusedError{reason, err}
	}
	return fmt.Errorf("not taken now, such an event would be tried again: %w", err)
}
