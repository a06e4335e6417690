package ask

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/listing"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// question holds the flags that all commands share that query a hub.
type question struct {
	hub.Options
	config string
	json   bool
}

// flags adds the flags that select the hub and the format of the answer.
func (q *question) flags(f *pflag.FlagSet) {
	q.hubFlags(f)
	f.BoolVar(&q.json, "json", false, "print JSON, an object per line")
}

func (q *question) hubFlags(f *pflag.FlagSet) {
	cli.HubFlags(f, &q.Options)
	f.StringVarP(&q.config, "config", "c", "", "a kojiwatch configuration `file` that names the hub")
}

// waitFlags adds the flags of commands that query a hub until a condition is met.
func (q *question) waitFlags(f *pflag.FlagSet) {
	q.hubFlags(f)
	timeout := f.Lookup("timeout")
	timeout.DefValue, timeout.Usage, q.Timeout = "0s", "give up after this `time`; 0 is never", 0
}

// ask calls do with the hub that the flags select or, if they select none, with the hub of a
// URL among the words.
func (q *question) ask(ctx context.Context, streams cliutil.Streams, words []string, do func(context.Context, kojirpc.API) error) error {
	if q.config == "" {
		if err := hubOfURL(&q.Options, words...); err != nil {
			return err
		}
	} else if namesHub(&q.Options) || q.ConfigFile != "" {
		return cli.UsageError{Err: errors.New("--config names the hub: leave out --preset, --profile, --hub and --koji-config")}
	}
	return hub.With(ctx, streams, q.config, q.Options, do)
}

// namesHub reports whether the options name a hub.
func namesHub(o *hub.Options) bool { return o.Preset != "" || o.Profile != "" || o.URL != "" }

// hubOfURL sets the profile of the first URL among the words or, if it belongs to no profile,
// its preset. It does nothing if the options name a hub.
func hubOfURL(o *hub.Options, words ...string) error {
	i := slices.IndexFunc(words, func(word string) bool { return strings.Contains(word, "://") })
	if i < 0 || namesHub(o) {
		return nil
	}
	set, err := profile.Load(profile.Options{Config: o.ConfigFile})
	if err != nil {
		return err
	}
	p, err := set.ByWebURL(words[i])
	if errors.Is(err, profile.ErrNoMatch) {
		if known, ok := config.PresetOfURL(words[i]); ok {
			o.Preset = known.Name
			return nil
		}
	}
	o.Profile = p.Name
	return err
}

// printer returns a printer for lists of a hub's answers.
func (q *question) printer(streams cliutil.Streams, api kojirpc.API) *listing.Printer {
	return &listing.Printer{
		Out: streams.Out, JSON: q.json, Width: cliutil.TerminalWidth(streams.Out), Color: cliutil.WantsColor(streams.Out),
		Now: time.Now(), Web: webOf(api),
	}
}

// webOf returns the kojiweb of a hub; the zero value if unknown.
func webOf(api kojirpc.API) koji.Web {
	web, err := hub.NewWeb(api.WebURL())
	if err != nil {
		return koji.Web{} // output without links
	}
	return web
}
