// Package explain shows which sinks of a configuration would get recorded events, and why the
// others would not.
package explain

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/filter"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// previewer is implemented by sinks that can describe what they would do with an event.
type previewer interface {
	Preview(e *event.Event) string
}

// Options configure [Run].
type Options struct {
	File string // a recording, or events; "-" is standard input
	Sink string // the only sink to explain; "" explains all
	Show bool   // print what each sink would do
}

// Run prints for each recorded delivery, or event written by kojiwatch, which sinks would get
// it, and why the others would not. It does not call the hub and sends nothing.
func Run(ctx context.Context, streams cliutil.Streams, c *config.Config, o Options) (err error) {
	out := bufio.NewWriter(streams.Out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	if o.Sink != "" {
		if _, err := sinkbuild.SinkNamed(c, o.Sink); err != nil {
			return err
		}
	}
	web, err := hub.NewWeb(c.Hub.WebURL)
	if err != nil {
		return err
	}
	x := &explainer{enricher: enrich.New(enrich.Options{Web: web}), out: out, stderr: streams.Err, show: o.Show, parser: parse.New(parse.Options{
		Instance: c.Instance, MaxBody: int(c.Limits.Body), MaxDepth: c.Limits.Depth,
	})}
	for i := range c.Sinks {
		if s := &c.Sinks[i]; o.Sink == "" || s.Name == o.Sink {
			if err := x.add(c, s, streams); err != nil {
				return err
			}
		}
	}
	defer func() { err = errors.Join(err, x.close()) }()
	if o.File == "-" {
		return x.read(ctx, "stdin", streams.In)
	}
	f, err := os.Open(o.File)
	if err != nil {
		return fmt.Errorf("explain: %w", err)
	}
	defer func() { _ = f.Close() }()
	return x.read(ctx, o.File, f)
}

type explainer struct {
	parser   *parse.Parser
	enricher *enrich.Enricher
	sinks    []explainedSink
	out      io.Writer
	stderr   io.Writer
	show     bool
	bad      int
}

// explainedSink is a sink with the filter of its events.
type explainedSink struct {
	config *config.Sink
	filter *filter.Filter
	sink   sinks.Sink
}

func (x *explainer) add(c *config.Config, s *config.Sink, streams cliutil.Streams) error {
	logs, err := cliutil.NewLog(c.Log, streams.Err)
	if err != nil {
		return err
	}
	f, err := sinkbuild.NewFilter(c, s)
	if err != nil {
		return err
	}
	sink, err := sinkbuild.New(c, s, sinkbuild.Deps{Streams: streams, Logs: logs})
	if err != nil {
		return err
	}
	x.sinks = append(x.sinks, explainedSink{s, f, sink})
	return nil
}

func (x *explainer) close() error {
	x.enricher.Close()
	var errs []error
	for _, s := range x.sinks {
		errs = append(errs, s.sink.Close())
	}
	return errors.Join(errs...)
}

func (x *explainer) read(ctx context.Context, name string, r io.Reader) error {
	lines := recording.NewReader(r)
	for ctx.Err() == nil {
		d, err := lines.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad := new(recording.LineError); errors.As(err, &bad) {
			x.readEvent(name, lines, bad.Err)
			continue
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
		e, err := x.parser.Parse(pipeline.ParseDelivery(d))
		if err != nil {
			x.complain(name, lines.Line(), err)
			continue
		}
		if err := x.enricher.Finish(ctx, e, x.enricher.Begin(e)); err != nil { //nolint:contextcheck // there is no hub to call
			return err
		}
		x.explain(lines.Line(), d.RoutingKey, e)
	}
	if x.bad > 0 {
		return fmt.Errorf("%w: %d", pipeline.ErrUnparseable, x.bad)
	}
	return ctx.Err()
}

// readEvent reads a line that is not a delivery as an event written by kojiwatch.
func (x *explainer) readEvent(name string, lines *recording.Reader, noDelivery error) {
	e := new(event.Event)
	switch err := e.UnmarshalJSON(lines.Text()); {
	case err == nil:
		x.explain(lines.Line(), e.Topic, e)
	case errors.Is(err, event.ErrSchema), errors.As(err, new(*json.SyntaxError)):
		x.complain(name, lines.Line(), noDelivery)
	default:
		x.complain(name, lines.Line(), err)
	}
}

func (x *explainer) complain(name string, line int, err error) {
	x.bad++
	_, _ = fmt.Fprintf(x.stderr, "%s:%d: %v\n", name, line, err)
}

func (x *explainer) explain(line int, topic string, e *event.Event) {
	text := string(e.Type)
	if e.Summary != "" {
		text += ": " + e.Summary
	}
	_, _ = fmt.Fprintf(x.out, "%d  %s\n", line, format.AppendVisible(nil, text))
	for _, s := range x.sinks {
		verdict := s.verdict(topic, e)
		if verdict != "" {
			_, _ = fmt.Fprintf(x.out, "  %s: no, %s\n", s.config.Name, verdict)
			continue
		}
		_, _ = fmt.Fprintf(x.out, "  %s: yes\n", s.config.Name)
		if p, ok := s.sink.(previewer); ok && x.show {
			for text := range strings.Lines(p.Preview(e)) {
				_, _ = fmt.Fprintf(x.out, "    | %s\n", format.Plain(strings.TrimSuffix(text, "\n"))) // backslashes stay, so that the text can be pasted
			}
		}
	}
}

// verdict returns why the sink would not get the event, "" if it would.
func (s *explainedSink) verdict(topic string, e *event.Event) string {
	if s.config.Queue.Declare != config.DeclareNone && len(s.config.Topics) > 0 && !s.bound(topic) {
		return fmt.Sprintf("topics: none takes %s", format.AppendVisible(nil, topic))
	}
	v := s.filter.Explain(e)
	switch {
	case v.Err != nil:
		return fmt.Sprintf("%s: %s cannot be evaluated: %s", v.Key, v.Clause, format.AppendVisible(nil, v.Err.Error()))
	case v.Clause != "":
		return v.Key + ": " + v.Clause
	}
	return v.Key
}

// bound reports whether a binding key of the sink matches a routing key.
func (s *explainedSink) bound(key string) bool {
	for _, topic := range s.config.Topics {
		if sinkbuild.TopicMatches(strings.Split(topic, "."), strings.Split(key, ".")) {
			return true
		}
	}
	return false
}
