package main

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/pflag"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/internal/backfill"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// streamReplay says what is replayed of a stream; without a sink it is recordings that are
// replayed.
type streamReplay struct {
	file, sink, stream, from, until string
}

func (o *streamReplay) addFlags(f *pflag.FlagSet) {
	f.StringVar(&o.sink, "sink", "", "send what a stream holds to the sink with this `name`")
	f.StringVar(&o.stream, "stream", "", "the `name` of the stream; that of the sink's queue if that is one")
	f.StringVar(&o.from, "from", "", "`where` in the stream to begin: first, a time or an offset")
	f.StringVar(&o.until, "until", "", "`where` to end: a time or an offset; the end of the stream if not given")
}

// wanted reports whether a stream is to be replayed, and what is wrong with the command line
// for that. Given tells which flags were given.
func (o *streamReplay) wanted(files []string, given func(string) bool) (bool, error) {
	usage := func(format string, args ...any) (bool, error) {
		return true, cli.UsageError{Err: fmt.Errorf(format, args...)}
	}
	if o.sink == "" {
		for _, name := range []string{"stream", "from", "until"} {
			if given(name) {
				return usage("--%s needs --sink: the sink to send to", name)
			}
		}
		return false, nil
	}
	if len(files) > 0 {
		return usage("--sink sends what a stream holds; it takes no recordings")
	}
	for _, name := range []string{"format", "speed", "history", "raw", "summary", "instance", "preset", "profile", "hub", "weburl", "koji-config"} {
		if given(name) {
			return usage("--%s is for recordings; a sink goes by its configuration", name)
		}
	}
	if o.from == "" {
		return usage("--sink needs --from: where in the stream to begin")
	}
	return true, nil
}

// options reads what the flags say.
func (o *streamReplay) options(s *config.Sink) (b backfill.Options, err error) {
	if b.From, err = values.ParseStreamOffset(o.from); err != nil {
		return b, cli.UsageError{Err: fmt.Errorf("--from: %q %w", o.from, err)}
	}
	if o.until != "" {
		if b.Until, err = values.ParseStreamOffset(o.until); err != nil {
			return b, cli.UsageError{Err: fmt.Errorf("--until: %q %w", o.until, err)}
		}
	}
	if b.Stream = o.stream; b.Stream == "" {
		if b.Stream = s.Queue.Name; s.Queue.Type != config.QueueStream {
			return b, cli.UsageError{Err: fmt.Errorf("the queue of sink %s is no stream; name one with --stream", s.Name)}
		}
	}
	return b, nil
}

// run sends the sink what the stream holds.
func (o *streamReplay) run(ctx context.Context, streams cliutil.Streams) error {
	if o.file = cliutil.ConfigFile(o.file); o.file == "" {
		return cli.UsageError{Err: errors.New("name the configuration with --config; " + cliutil.NoConfig())}
	}
	c, err := sinkbuild.LoadConfig(o.file)
	if err != nil {
		return err
	}
	s, err := sinkbuild.SinkNamed(c, o.sink)
	if err != nil {
		return err
	}
	b, err := o.options(s)
	if err != nil {
		return err
	}
	erase := func() {}
	if cliutil.IsTerminal(streams.Err) {
		b.Progress = func(r backfill.Result) { showProgress(streams.Err, r) }
		erase = func() { _, _ = io.WriteString(streams.Err, eraseLine) }
	}
	r, err := backfill.Run(ctx, streams, c, s, b)
	erase()
	if err != nil {
		return fmt.Errorf("sink %s: %w", s.Name, err)
	}
	_, _ = fmt.Fprintf(streams.Err, "kojiwatch: sink %s: %d messages replayed, %d dead letters\n", s.Name, r.Done, r.Dead)
	if r.Next < r.Until {
		return fmt.Errorf("stopped before the end; --from %d goes on", r.Next)
	}
	return nil
}

// eraseLine has a terminal write a line anew.
const eraseLine = "\r\x1b[K"

func showProgress(w io.Writer, r backfill.Result) {
	read, all := r.Next-r.From, r.Until-r.From
	_, _ = fmt.Fprintf(w, "%s%d of %d messages (%d %%)", eraseLine, read, all, read*100/max(all, 1))
}
