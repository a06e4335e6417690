package ask

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/listen"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// brokerSource configures the broker from which a command receives events.
type brokerSource struct{ config config.Flags }

// flags adds the flags that select a broker to those that select a hub; --preset and --config
// select both.
func (s *brokerSource) flags(cmd *cobra.Command) {
	all := pflag.NewFlagSet("", pflag.ContinueOnError)
	cli.BrokerFlags(all, &s.config)
	all.VisitAll(func(f *pflag.Flag) {
		if f.Name != "preset" {
			cmd.Flags().AddFlag(f)
		}
	})
}

// broker returns the configuration of the broker that the flags name; nil if they name
// none that can be used: the hub is asked then.
func (s *brokerSource) broker(q *question) (*config.Config, error) {
	switch {
	case q.config != "":
		return sinkbuild.LoadConfig(q.config)
	case s.config.Broker != "":
		return config.FromFlags(s.config, os.LookupEnv)
	case q.Preset == "":
		return nil, nil
	}
	if _, err := config.BrokerPresetOf(q.Preset); err != nil {
		return nil, nil //nolint:nilerr // one of a hub alone
	}
	flags := s.config
	flags.Preset = q.Preset
	c, err := config.FromFlags(flags, os.LookupEnv)
	if err != nil || len(c.Missing()) > 0 {
		return nil, err
	}
	return c, nil
}

// listening calls do with the listener of a command to a broker, for the events that match.
func listening(ctx context.Context, streams cliutil.Streams, c *config.Config, command string, matches func(*event.Event) bool, do func(*listen.Listener) error) error {
	l, err := listen.New(listen.Options(c, command), matches)
	if err != nil {
		return err
	}
	listenCtx, stop := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := l.Run(listenCtx); err != nil {
			_, _ = fmt.Fprintf(streams.Err, "kojiwatch: warning: %s; asking the hub instead\n", cliutil.Visible(err.Error()))
		}
	}()
	defer func() {
		stop()
		<-done
	}()
	return do(l)
}
