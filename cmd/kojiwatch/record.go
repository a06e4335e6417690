package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func recordCommand(streams cliutil.Streams) *cobra.Command {
	var source configSource
	var opts RecordOptions
	cmd := &cobra.Command{
		Use:   "record",
		Short: "Write deliveries from a broker into a recording",
		Long: `record writes deliveries from a broker as JSON, one per line, for "kojiwatch replay".
Its queue is deleted when it ends. A message is acknowledged when its line is written
and, if it goes to a file, synced to the disk. docs/commands.md describes the format.`,
		Example: `  kojiwatch record --broker amqp://guest:guest@localhost/ --output recording.jsonl
  kojiwatch record --broker amqp://guest:guest@localhost/ --count 100 > recording.jsonl`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := source.load(streams, cmd.Flags())
			if err != nil {
				return err
			}
			return Record(cmd.Context(), streams, c, opts)
		},
	}
	f := cmd.Flags()
	cli.BrokerFlags(f, &source.flags)
	f.StringVarP(&opts.Output, "output", "o", "-", "the `file` to append to; - is standard output")
	f.IntVar(&opts.Count, "count", 0, "end after this many `deliveries`; 0 is never")
	return cmd
}

// RecordOptions select the output of a recording and its end.
type RecordOptions struct {
	Output string // "-" is standard output
	Count  int    // end after that many deliveries; 0 is never
}

// Record writes deliveries of a broker to a recording until ctx ends. The configuration names
// the broker and, by its first sink, the queue and topics to consume.
func Record(ctx context.Context, streams cliutil.Streams, c *config.Config, opts RecordOptions) (err error) {
	logs, err := cliutil.NewLog(c.Log, streams.Err)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	out, err := openRecording(opts.Output, streams.Out)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := out.close(); err == nil {
			err = cerr
		}
	}()
	consumerOpts := sinkbuild.ConsumerOptions(c, &c.Sinks[0])
	consumerOpts.Log = logs.Logger
	consumerOpts.DeadLetters = noDeadLetters{}
	rec := &recorder{out: out, limited: opts.Count > 0, left: opts.Count, stop: stop}
	cons, err := consumer.New(rec, consumerOpts)
	if err != nil {
		return err
	}
	return cons.Run(ctx)
}

// recordingFile is the output of a recording.
type recordingFile struct {
	w    io.Writer
	file *os.File // nil: standard output
}

func openRecording(path string, stdout io.Writer) (*recordingFile, error) {
	if path == "-" {
		return &recordingFile{w: stdout}, nil
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	return &recordingFile{w: f, file: f}, nil
}

// write writes whole lines, and syncs a file to disk.
func (f *recordingFile) write(lines []byte) error {
	if _, err := f.w.Write(lines); err != nil {
		return err
	}
	if f.file == nil {
		return nil
	}
	return f.file.Sync()
}

func (f *recordingFile) close() error {
	if f.file == nil {
		return nil
	}
	return f.file.Close()
}

// recorder handles deliveries by writing them, one per line.
type recorder struct {
	out     *recordingFile
	limited bool
	left    int // until the limit
	stop    context.CancelFunc
}

// Parse implements consumer.Handler. Any delivery can be recorded.
func (r *recorder) Parse(d *consumer.Delivery) (*consumer.Delivery, error) { return d, nil }

// Key implements consumer.Handler: one worker needs no keys.
func (r *recorder) Key(*consumer.Delivery) uint64 { return 0 }

// Deliver implements consumer.Handler.
func (r *recorder) Deliver(_ context.Context, batch []*consumer.Delivery) error {
	take := len(batch)
	if r.limited {
		take = min(take, r.left)
	}
	var lines []byte
	for _, d := range batch[:take] {
		var err error
		if lines, err = recording.Append(lines, d); err != nil {
			return fmt.Errorf("record: %w", err)
		}
	}
	if err := r.out.write(lines); err != nil {
		return fmt.Errorf("record: %w", err)
	}
	if !r.limited {
		return nil
	}
	if r.left -= take; r.left == 0 {
		r.stop()
	}
	return &consumer.BatchError{Errs: pipeline.LeftOver(len(batch), take)}
}

// noDeadLetters is for a handler that accepts every delivery.
type noDeadLetters struct{}

// Put implements consumer.DeadLetters.
func (noDeadLetters) Put(_ context.Context, letter consumer.DeadLetter) error {
	return fmt.Errorf("record: %s", letter.Error)
}
