package main

import (
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/daemon"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func runCommand(streams cliutil.Streams) *cobra.Command {
	var source configSource
	var opts daemon.Options
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Consume Koji's messages and send events to sinks",
		Long: `run is the daemon. With --config it runs the sinks of the file: each has a queue of its
own, durable by default, and nothing is lost. Without --config, --broker and --preset it
reads the file that KOJIWATCH_CONFIG names, else kojiwatch/kojiwatch.yaml in
$XDG_CONFIG_HOME (~/.config), else /etc/kojiwatch/kojiwatch.yaml; so do check, dead,
explain and sink.

With --broker it needs no file: it prints events on standard output, from a queue that
is deleted when it ends. --preset fedora uses Fedora's public broker, and keeps its
queue there over a restart (docs/fedora.md); --preset centos, for the Koji of CentOS
Stream, uses the same broker.

Put the password into KOJIWATCH_PASSWORD or a file: every user of the machine can read
command lines.`,
		Example: `  kojiwatch run --broker amqp://guest:guest@localhost/ --topics 'koji.#'
  KOJIWATCH_PASSWORD=… kojiwatch run --broker amqps://me@rabbitmq.example.com/koji --format json
  kojiwatch run --broker amqp://guest:guest@localhost/ --profile fedora
  kojiwatch run --preset fedora
  kojiwatch run --config kojiwatch.yaml`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			// Never stopped, so that a SIGHUP while the daemon starts or ends, up to the
			// end of the process, doesn't kill it.
			hangups := make(chan os.Signal, 1)
			signal.Notify(hangups, syscall.SIGHUP)
			opts.Hangups = hangups
			if source.flags.Preset != "" {
				source.flags.KeepQueue = sinkbuild.KeptQueue(source.flags.Preset, streams.Err)
			}
			c, err := source.load(streams, cmd.Flags())
			if err != nil {
				return err
			}
			opts.File = source.file
			if opts.Watch && opts.File == "" {
				return cli.UsageError{Err: errors.New("--watch needs a file: give --config")}
			}
			return daemon.Run(cmd.Context(), streams, c, opts)
		},
	}
	source.add(cmd)
	cmd.Flags().IntVar(&opts.Count, "count", 0, "stop after this many `events`; 0 is never")
	cmd.Flags().BoolVar(&opts.Watch, "watch", false, "reload when the configuration file or one of its templates changes")
	return cmd
}

// configSource is the source of a command's configuration: a file, or flags.
type configSource struct {
	file   string
	flags  config.Flags
	format cliutil.Format
	names  []string // of the flags that stand for a file
}

func (s *configSource) add(cmd *cobra.Command) {
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	cli.BrokerFlags(f, &s.flags)
	cli.FormatFlag(f, &s.format)
	cli.EventHubFlags(f, &s.flags.Hub)
	f.StringVar(&s.flags.Admin, "admin", "", "an `address` for metrics and health, like 127.0.0.1:9672")
	f.BoolVar(&s.flags.Raw, "raw", false, "include each message's body in its event")
	f.VisitAll(func(flag *pflag.Flag) { s.names = append(s.names, flag.Name) })
	cmd.Flags().AddFlagSet(f)
	cmd.Flags().StringVarP(&s.file, "config", "c", "", "the configuration `file`")
}

// load reads the configuration.
func (s *configSource) load(streams cliutil.Streams, given *pflag.FlagSet) (*config.Config, error) {
	if s.flags.Broker == "" && s.flags.Preset == "" {
		s.file = cliutil.ConfigFile(s.file)
	}
	if s.file != "" {
		if err := s.onlyFile(given); err != nil {
			return nil, err
		}
		return sinkbuild.LoadConfig(s.file)
	}
	if s.flags.Broker == "" && s.flags.Preset == "" {
		return nil, cli.UsageError{Err: errors.New("name the broker with --config, --broker or --preset; a configuration: " + cliutil.NoConfig())}
	}
	if s.flags.ExposesPassword() {
		_, _ = fmt.Fprintf(streams.Err, "kojiwatch: warning: every user of this machine can read the password in --broker; set %s or --password-file\n", config.PasswordVariable)
	}
	s.flags.Format = string(sinkbuild.ResolveFormat(s.format, streams.Out))
	c, err := config.FromFlags(s.flags, os.LookupEnv)
	if err == nil && s.flags.Preset != "" {
		err = presetFiles(c)
	}
	return c, err
}

// presetFiles reports certificates of a preset that are not on this machine.
func presetFiles(c *config.Config) error {
	missing := c.Missing()
	if len(missing) == 0 {
		return nil
	}
	return cli.UsageError{Err: fmt.Errorf("%s; install the package fedora-messaging, which has the public certificates, or name copies of them with --ca-file, --cert-file and --key-file (docs/fedora.md)", missing[0])}
}

// onlyFile refuses flags that say what a file says, since one of the two would
// be ignored.
func (s *configSource) onlyFile(given *pflag.FlagSet) error {
	var both []string
	given.Visit(func(f *pflag.Flag) {
		if slices.Contains(s.names, f.Name) {
			both = append(both, "--"+f.Name)
		}
	})
	if len(both) == 0 {
		return nil
	}
	return cli.UsageError{Err: fmt.Errorf("%s and --config do not go together; put it into the file", strings.Join(both, ", "))}
}
