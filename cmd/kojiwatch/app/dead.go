package app

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// DeadAction is what to do with dead letters.
type DeadAction uint8

// The actions.
const (
	DeadList  DeadAction = iota // a line for each
	DeadShow                    // each as a line of a recording, complete
	DeadRetry                   // back into the queue of their sink
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

// maxLooks is how often the letters of a quorum queue may be handed out before
// looking at them stops: at 20, the usual limit, the broker drops them.
const maxLooks = 15

// Dead works on the dead letters of a sink.
func Dead(ctx context.Context, streams Streams, c *config.Config, o DeadOptions) (err error) {
	s, err := sinkNamed(c, o.Sink)
	if err != nil {
		return err
	}
	if s.DeadLetters == config.DeadLettersFile {
		return deadInFile(streams, c, s)
	}
	letters, err := consumer.OpenLetters(ctx, publisherOptions(c, s.Name+" dead letters"), deadQueue(s))
	if err != nil {
		return err
	}
	defer letters.Close()
	out := bufio.NewWriter(streams.Out)
	defer func() { err = errors.Join(err, out.Flush()) }()
	w := &deadWork{o: o, letters: letters, queue: s.Queue.Name, out: out, parser: parse.New(parse.Options{
		Instance: c.Instance, MaxBody: int(c.Limits.Body), MaxDepth: c.Limits.Depth,
	})}
	err = w.run(ctx)
	_, _ = fmt.Fprintf(streams.Err, "%s: %d of %d letters %s\n", deadQueue(s), w.taken, w.seen, []string{"listed", "shown", "sent back", "dropped"}[o.Action])
	return err
}

// deadInFile says what serves for a file of dead letters.
func deadInFile(streams Streams, c *config.Config, s *config.Sink) error {
	_, _ = fmt.Fprintf(streams.Err, "the dead letters of sink %s are in a file, which is a recording: look at it with\n  kojiwatch replay %s\n", s.Name, deadPath(c, s))
	return fmt.Errorf("sink %s keeps its dead letters in %s", s.Name, deadPath(c, s))
}

// deadWork goes through a queue of dead letters once.
type deadWork struct {
	o           DeadOptions
	letters     *consumer.Letters
	queue       string
	out         io.Writer
	parser      *parse.Parser
	seen, taken int
}

func (w *deadWork) run(ctx context.Context) error {
	for w.seen < w.o.Limit {
		letter, err := w.letters.Next(ctx)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if letter.Looks >= maxLooks && w.o.Action <= DeadShow {
			return fmt.Errorf("these letters have been looked at %d times; the broker drops what a quorum queue has handed out 20 times, so look no more: retry or drop them", letter.Looks)
		}
		w.seen++
		if err := w.take(ctx, letter); err != nil {
			return err
		}
	}
	return nil
}

func (w *deadWork) take(ctx context.Context, letter *consumer.Letter) error {
	id := w.idOf(letter)
	if w.o.Reason != "" && letter.Reason != w.o.Reason || w.o.ID != "" && id != w.o.ID {
		return nil
	}
	w.taken++
	switch w.o.Action {
	case DeadRetry:
		return w.letters.Retry(ctx, letter, w.queue)
	case DeadDrop:
		return w.letters.Drop(letter)
	case DeadShow:
		line, err := recording.AppendDead(nil, letter.DeadLetter)
		if err == nil {
			_, err = w.out.Write(line)
		}
		return err
	case DeadList:
	}
	return w.list(letter, id)
}

// listed is a letter in the list as JSON.
type listed struct {
	ID         string `json:"id,omitempty"`
	Reason     string `json:"reason"`
	Error      string `json:"error"`
	Time       string `json:"time"`
	Exchange   string `json:"exchange"`
	RoutingKey string `json:"routing_key"`
	Bytes      int    `json:"bytes"`
}

func (w *deadWork) list(letter *consumer.Letter, id string) error {
	at := letter.Time.Format("2006-01-02T15:04:05Z07:00")
	if w.o.JSON {
		line, err := json.Marshal(listed{id, letter.Reason, letter.Error, at, letter.Exchange, letter.RoutingKey, len(letter.Body)})
		if err == nil {
			_, err = w.out.Write(append(line, '\n'))
		}
		return err
	}
	shown := func(s string) []byte { return format.AppendVisible(nil, s) }
	_, err := fmt.Fprintf(w.out, "%s  %-12s  %-24s  %s  %s\n", at, shown(letter.Reason), shown(letter.RoutingKey), shown(id), shown(letter.Error))
	return err
}

// idOf is the id of the letter's event; "-" if it makes none.
func (w *deadWork) idOf(letter *consumer.Letter) string {
	e, err := w.parser.Parse(parseDelivery(letter.Delivery))
	if err != nil {
		return "-"
	}
	return e.ID
}
