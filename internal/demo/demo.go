// Package demo plays an hour of a made-up build system, which dev/demo writes, through
// what the daemon is made of.
package demo

import (
	"compress/gzip"
	"context"
	"embed"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// recordings hold the deliveries of the hour, and those of the days before it.
//
//go:generate go run ../../dev/demo .
//go:embed story.jsonl.gz history.jsonl.gz
var recordings embed.FS

// webURL is the address of the made-up hub's kojiweb, for links.
const webURL = "https://koji.example.com/koji"

// shownWhen leaves out what few people want to see: the steps between a task's creation
// and its start, tasks that are done in seconds, and what the build says as well.
const shownWhen = `not (new in ["FREE", "ASSIGNED"]) and type != "RepoInit" and
not (task.method in ["buildSRPMFromSCM", "createrepo", "tagBuild"]) and
not (task.method in ["newRepo", "build"] and new == "CLOSED" and not task.scratch) and
not (task.method == "buildArch" and (task.scratch or task.arch == "noarch"))`

// Options say how to show the demo.
type Options struct {
	Speed  float64 // times as fast as it happened; 0: as fast as it goes
	Format cliutil.Format
	Board  string // the address of the live board; "": there is none
}

// Play plays the bundled messages through the daemon's handler, until the context ends. It
// ends with a summary and what to do next, on standard error. A live board stays until the
// context ends.
func Play(ctx context.Context, streams cliutil.Streams, opts Options) (err error) {
	if opts.Speed < 0 {
		return errors.New("--speed must not be negative")
	}
	c := config.Default()
	state, err := os.MkdirTemp("", "kojiwatch-demo-")
	if err != nil {
		return fmt.Errorf("make a folder for the history: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(state)) }()
	durations, err := estimation.OpenForReplay(state, c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, durations.End()) }()
	web, err := hub.NewWeb(webURL)
	if err != nil {
		return err
	}
	enricher := enrich.New(enrich.Options{Web: web, Hub: madeUpHub{}, Names: madeUpHub{}, Wait: true, Estimates: durations.ForEvents()})
	defer enricher.Close()
	live, err := serveBoard(ctx, opts.Board, durations.ForBoard())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, live.close(ctx)) }()
	shown, err := pipeline.NewFiltered(c, &config.Sink{Filter: config.Filter{When: shownWhen}},
		stdout.New(streams.Out, sinkbuild.FormOf(opts.Format, streams.Out)))
	if err != nil {
		return err
	}
	play := func(file string, sink sinks.Sink, speed float64) (*pipeline.EventCounts, error) {
		p := &pipeline.Player{
			Handler: pipeline.New(parse.New(parse.Options{Instance: "demo"}), enricher, sink), Speed: speed, Stderr: streams.Err,
		}
		p.Handler.Observe = live.observe
		err := playPacked(ctx, p, file)
		return &p.Counts, err
	}
	if _, err := play("history", stdout.New(io.Discard, stdout.JSON), 0); err != nil {
		return err
	}
	live.begin(opts.Speed, streams.Err)
	began := time.Now()
	counts, err := play("story", shown, opts.Speed)
	if err != nil && !errors.Is(err, context.Canceled) { // by Ctrl-C
		return err
	}
	_, _ = fmt.Fprintf(streams.Err, "\nThe end, after %s. Of ", time.Since(began).Round(time.Millisecond))
	counts.Print(streams.Err)
	live.stay(ctx, streams.Err)
	_, _ = fmt.Fprint(streams.Err, next)
	return nil
}

// next says what to do after the demo.
const next = `
Watch Fedora's build system:   kojiwatch run --preset fedora
Watch your own:                kojiwatch run --broker amqp://USER@HOST/VHOST
Ask when a build will be done: kojiwatch eta --help
`

// playPacked plays one of the bundled files.
func playPacked(ctx context.Context, p *pipeline.Player, name string) error {
	f, err := recordings.Open(name + ".jsonl.gz")
	if err != nil {
		return err
	}
	unpacked, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("unpack %s: %w", name, err)
	}
	return p.Play(ctx, "demo/"+name, unpacked)
}
