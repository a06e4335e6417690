package configcheck

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// Text describes a valid configuration to people.
func (r *Result) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "broker  %s\n", strings.Join(brokersOf(r.config), ", "))
	if r.config.Hub.Configured() {
		describeHub(&b, r.config, r.access)
	}
	if r.config.State.Stream != "" {
		describeState(&b, &r.config.State)
	}
	for i := range r.config.Sinks {
		describeSink(&b, r.config, &r.config.Sinks[i])
	}
	b.WriteString("\nThe configuration is valid.\n")
	return b.String()
}

// brokersOf returns the addresses of the brokers, without secrets.
func brokersOf(c *config.Config) []string {
	brokers := make([]string, 0, 1)
	for _, at := range c.Broker.Addresses() {
		brokers = append(brokers, at.String())
	}
	return brokers
}

// describeHub shows which hub completes events and where its names are kept.
func describeHub(b *strings.Builder, c *config.Config, access hub.Access) {
	caller := "anonymous"
	if c.Hub.Login {
		caller = "logs in"
	}
	fmt.Fprintf(b, "hub     %s (%s)\n", cliutil.Visible(access.Options.Server), caller)
	names := "in memory"
	if dir := hub.NamesDir(c); dir != "" {
		names = dir
	}
	fmt.Fprintf(b, "names   %s\n", cliutil.Visible(names))
}

// describeState shows how the stream of the state is set up.
func describeState(b *strings.Builder, s *config.State) {
	verb := map[config.Declare]string{config.DeclareActive: "declares and binds", config.DeclarePassive: "expects and binds", config.DeclareNone: "takes"}
	fmt.Fprintf(b, "state   %s stream %s\n", verb[s.Declare], cliutil.Visible(s.Stream))
}

func describeSink(b *strings.Builder, c *config.Config, s *config.Sink) {
	fmt.Fprintf(b, "\nsink %s (%s)\n", s.Name, s.Type)
	name := s.Queue.Name
	if name == "" {
		name = "a name that the broker chooses"
	}
	switch s.Queue.Declare {
	case config.DeclareActive:
		fmt.Fprintf(b, "  declares queue   %s: %s\n", name, queueTraits(&s.Queue))
	case config.DeclarePassive:
		fmt.Fprintf(b, "  expects queue    %s\n", name)
	default:
		fmt.Fprintf(b, "  takes queue      %s\n", name)
	}
	if destination := sinkbuild.Destination(s); destination != "" {
		fmt.Fprintf(b, "  sends to         %s\n", cliutil.Visible(destination))
	}
	for _, rule := range sinkbuild.FilterRules(s) {
		fmt.Fprintf(b, "  only             %s\n", cliutil.Visible(rule))
	}
	for _, topic := range s.Topics {
		fmt.Fprintf(b, "  binds            %s  %s\n", s.Exchange, topic)
	}
	fmt.Fprintf(b, "  prefetch         %d\n", s.Prefetch)
	switch {
	case s.DeadLetters == config.DeadLettersFile:
		fmt.Fprintf(b, "  dead letters     file %s\n", sinkbuild.DeadPath(c, s))
	case s.Queue.Declare == config.DeclareActive:
		fmt.Fprintf(b, "  declares queue   %s for dead letters\n", sinkbuild.DeadQueue(s))
	default:
		fmt.Fprintf(b, "  dead letters     queue %s\n", sinkbuild.DeadQueue(s))
	}
}

// queueTraits lists the properties and arguments that a queue is declared with.
func queueTraits(q *config.Queue) string {
	traits := []string{string(q.Type)}
	for _, t := range []struct {
		is   bool
		name string
	}{
		{q.Durable, "durable"},
		{q.Exclusive, "exclusive"},
		{q.AutoDelete, "auto-delete"},
		{q.SingleActiveConsumer, "single active consumer"},
	} {
		if t.is {
			traits = append(traits, t.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(q.Arguments)) {
		traits = append(traits, fmt.Sprintf("%s=%v", name, q.Arguments[name]))
	}
	return strings.Join(traits, ", ")
}
