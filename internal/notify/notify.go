// Package notify tells people that a task has ended: on the desktop, by the terminal's
// bell or through a sink of a configuration.
package notify

import (
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks"
)

// The places that notices go to, besides sink:NAME.
const (
	Auto    = "auto"    // the desktop if it can be told, and the terminal
	Desktop = "desktop" // by notify-send
	Bell    = "bell"    // of the terminal
)

// sinkPrefix stands before the name of a sink.
const sinkPrefix = "sink:"

// IsPlace reports whether a word names a place.
func IsPlace(word string) bool {
	return slices.Contains([]string{Auto, Desktop, Bell}, word) || strings.HasPrefix(word, sinkPrefix)
}

// Options say what notices are made with.
type Options struct {
	Streams cliutil.Streams
	Config  *config.Config // that has the sink; nil: none
	Web     koji.Web       // of the hub, for links
}

// Notifier tells people that tasks have ended.
type Notifier struct {
	enricher *enrich.Enricher
	instance string
	bell     io.Writer // nil: none
	command  string    // path of notify-send; "": none
	sink     sinks.Sink
}

// New returns a notifier to a place. Close ends it.
func New(place string, o Options) (*Notifier, error) {
	n := &Notifier{enricher: enrich.New(enrich.Options{Web: o.Web})}
	path, noDesktop := exec.LookPath("notify-send")
	name, isSink := strings.CutPrefix(place, sinkPrefix)
	switch {
	case isSink:
		return n, n.open(name, o)
	case place == Bell:
		n.bell = o.Streams.Err
	case place == Desktop && noDesktop != nil:
		return nil, fmt.Errorf("no notices on the desktop: %w", noDesktop)
	case place == Desktop:
		n.command = path
	case place == Auto:
		n.command = path
		if cliutil.IsTerminal(o.Streams.Err) {
			n.bell = o.Streams.Err
		}
		if n.command == "" && n.bell == nil {
			return nil, errors.New("there is neither notify-send nor a terminal to give notice by")
		}
	default:
		return nil, fmt.Errorf("%q is no place for notices; take %s, %s, %s or %sNAME", place, Auto, Desktop, Bell, sinkPrefix)
	}
	return n, nil
}

// open builds the sink.
func (n *Notifier) open(name string, o Options) error {
	if o.Config == nil {
		return fmt.Errorf("%s%s is a sink of a configuration: name that by --config", sinkPrefix, name)
	}
	s, err := sinkbuild.SinkNamed(o.Config, name)
	if err != nil {
		return err
	}
	logs, err := cliutil.NewLog(o.Config.Log, o.Streams.Err)
	if err != nil {
		return err
	}
	n.instance = o.Config.Instance
	n.sink, err = sinkbuild.New(o.Config, s, sinkbuild.Deps{Streams: o.Streams, Logs: logs})
	return err
}

// Close ends the sink, if there is one.
func (n *Notifier) Close() error {
	n.enricher.Close()
	if n.sink == nil {
		return nil
	}
	return n.sink.Close()
}

// patience is how long a place may take for a notice.
const patience = 30 * time.Second

// Ended gives notice that a task has ended.
func (n *Notifier) Ended(ctx context.Context, t *koji.Task) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	e := n.eventOf(t)
	pending := n.enricher.Begin(e) //nolint:contextcheck // it has no hub to ask
	if err := n.enricher.Finish(ctx, e, pending); err != nil {
		return err
	}
	var errs []error
	if n.bell != nil {
		_, err := io.WriteString(n.bell, "\a")
		errs = append(errs, err)
	}
	if n.command != "" {
		// The desktop takes the text for a kind of HTML.
		body := html.EscapeString(cliutil.Visible(e.Summary))
		errs = append(errs, exec.CommandContext(ctx, n.command, "--app-name=kojiwatch", "--", "kojiwatch: "+e.New, body).Run())
	}
	if n.sink != nil {
		errs = append(errs, n.sink.Send(ctx, []*event.Event{e}))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("notice of the end of task %d: %w", t.ID, err)
	}
	return nil
}

// eventOf returns the event that a message of the end would give, but for its id.
func (n *Notifier) eventOf(t *koji.Task) *event.Event {
	state, old := t.State.String(), koji.TaskOpen
	if t.Started.IsZero() {
		old = koji.TaskFree
	}
	return &event.Event{
		ID: fmt.Sprintf("watch-%d-%s", t.ID, state), Type: event.TaskStateChange, Dialect: event.NoDialect,
		Topic: "koji.task." + strings.ToLower(state), Instance: n.instance, ReceivedAt: time.Now().UTC().Truncate(time.Microsecond),
		Old: old.String(), New: state, Task: t,
	}
}
