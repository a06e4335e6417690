package main

import (
	"os"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/daemon"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

func tailCommand(streams cliutil.Streams) *cobra.Command {
	var source configSource
	var filter config.Filter
	var opts daemon.Options
	cmd := &cobra.Command{
		Use:   "tail",
		Short: "Print events of a broker as they come, those that a filter passes",
		Long: `tail prints the events of a broker as they come, from a queue that is deleted when it
ends. The flags choose events as the keys of a sink of the same name do (docs/filters.md);
an event must match all that are given.

With --config, or a file where run would find it, it takes the broker, the topics and
the hub of the file, but leaves its sinks alone.`,
		Example: `  kojiwatch tail --preset fedora --package 'kernel*'
  kojiwatch tail --broker amqp://guest:guest@localhost/ --type BuildStateChange --state FAILED
  kojiwatch tail --config kojiwatch.yaml --when 'mine and new == "FAILED"' --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			c, err := source.load(streams, cmd.Flags())
			if err != nil {
				return err
			}
			if source.file != "" {
				if c, err = source.onTerminal(streams, c); err != nil {
					return err
				}
			}
			c.Sinks[0].Filter = filter
			if _, err := sinkbuild.NewFilter(c, &c.Sinks[0]); err != nil {
				return cli.UsageError{Err: err}
			}
			return daemon.Run(cmd.Context(), streams, c, opts)
		},
	}
	f := cmd.Flags()
	cli.BrokerFlags(f, &source.flags)
	cli.FormatFlag(f, &source.format)
	cli.EventHubFlags(f, &source.flags.Hub)
	f.BoolVar(&source.flags.Raw, "raw", false, "include each message's body in its event")
	f.VisitAll(func(flag *pflag.Flag) {
		if flag.Name != "format" && flag.Name != "raw" {
			source.names = append(source.names, flag.Name)
		}
	})
	f.StringVarP(&source.file, "config", "c", "", "the configuration `file`")
	filterFlags(f, &filter)
	f.IntVar(&opts.Count, "count", 0, "stop after this many `events`; 0 is never")
	return cmd
}

// filterFlags adds the flags that choose events.
func filterFlags(f *pflag.FlagSet, filter *config.Filter) {
	f.StringSliceVar(&filter.Types, "type", nil, "only events of this `type`, such as BuildStateChange")
	f.StringSliceVar(&filter.States, "state", nil, "only events with this `state` as the new one, such as FAILED")
	f.StringSliceVar(&filter.Methods, "method", nil, "only events about tasks of this `method`, such as build")
	f.StringSliceVar(&filter.Packages, "package", nil, "only events about this `package`; * and ? stand for others")
	f.StringSliceVar(&filter.Owners, "owner", nil, "only events about tasks and builds of this `user`")
	f.StringSliceVar(&filter.Tags, "tag", nil, "only events about this `tag`")
	f.StringSliceVar(&filter.Targets, "target", nil, "only events about builds for this `target`")
	f.StringVar(&filter.When, "when", "", "only events for which this `expression` is true")
}

// onTerminal returns the configuration for a look at what the sinks of a file are sent:
// one sink on the standard output, and nothing that a daemon of that file has for itself.
func (s *configSource) onTerminal(streams cliutil.Streams, of *config.Config) (*config.Config, error) {
	format := sinkbuild.ResolveFormat(s.format, streams.Out)
	c, err := config.FromFlags(config.Flags{Broker: "amqp://localhost/", Format: string(format), Raw: s.flags.Raw}, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	c.Broker, c.Hub, c.Instance, c.Users, c.Limits = of.Broker, of.Hub, of.Instance, of.Users, of.Limits
	sink := &c.Sinks[0]
	sink.Exchange, sink.Topics = of.Sinks[0].Exchange, nil
	for i := range of.Sinks {
		for _, key := range of.Sinks[i].Topics {
			if of.Sinks[i].Exchange == sink.Exchange && !slices.Contains(sink.Topics, key) {
				sink.Topics = append(sink.Topics, key)
			}
		}
	}
	return c, nil
}
