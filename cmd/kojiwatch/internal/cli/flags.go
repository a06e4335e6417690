package cli

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
)

// BrokerFlags adds the flags that select a broker and what to consume.
func BrokerFlags(f *pflag.FlagSet, flags *config.Flags) {
	f.StringVar(&flags.Preset, "preset", "", "the `name` of a public broker: "+strings.Join(config.BrokerPresets(), " or "))
	f.StringVarP(&flags.Broker, "broker", "b", "", "the broker's `URL`, amqp[s]://user@host[:port]/vhost")
	f.StringVar(&flags.PasswordFile, "password-file", "", "a `file` with the broker's password")
	f.StringVar(&flags.Auth, "auth", "", "how to log in: plain, or external (by the client certificate)")
	f.StringVar(&flags.CAFile, "ca-file", "", "a PEM `file` of the authorities that sign the broker's certificate")
	f.StringVar(&flags.CertFile, "cert-file", "", "a PEM `file` of the client certificate")
	f.StringVar(&flags.KeyFile, "key-file", "", "a PEM `file` of its key")
	f.StringSliceVarP(&flags.Topics, "topics", "t", nil, "binding `keys`, like 'koji.#'")
	f.StringVar(&flags.Exchange, "exchange", "", "the `exchange` to bind to (default amq.topic)")
}

// EventHubFlags adds the flags that select the hub that completes events.
func EventHubFlags(f *pflag.FlagSet, hub *config.HubFlags) {
	NamedHubFlags(f, hub, "the `profile` of Koji's client configuration whose hub supplies facts that messages lack")
	f.StringVar(&hub.WebURL, "weburl", "", "the `URL` of kojiweb, for links in events (default that of the profile)")
}

// NamedHubFlags adds the flags that name a hub; each command has its own text for --profile.
func NamedHubFlags(f *pflag.FlagSet, hub *config.HubFlags, profile string) {
	f.StringVarP(&hub.Profile, "profile", "p", "", profile)
	f.StringVar(&hub.Server, "hub", "", "the `URL` of a hub, instead of a profile")
	f.StringVar(&hub.KojiConfig, "koji-config", "", "a `file` or folder to look for the profile in, instead of ~/.koji/config")
}

// HubFlags adds the flags that select the hub to call.
func HubFlags(f *pflag.FlagSet, opts *hub.Options) {
	PresetFlag(f, &opts.Preset)
	f.StringVarP(&opts.Profile, "profile", "p", "", "the `profile` of Koji's client configuration (default $KOJI_PROFILE, else koji)")
	f.StringVar(&opts.ConfigFile, "koji-config", "", "a `file` or folder to read instead of ~/.koji/config")
	f.StringVar(&opts.URL, "hub", "", "the `URL` of a hub, instead of a profile")
	f.DurationVar(&opts.Timeout, "timeout", 5*time.Minute, "give up after this `time`; 0 is never")
}

// PresetFlag adds the flag that names a public hub.
func PresetFlag(f *pflag.FlagSet, preset *string) {
	f.StringVar(preset, "preset", "", "the `name` of a public hub, instead of a profile: "+strings.Join(config.Presets(), ", "))
}

// FormatFlag adds --format.
func FormatFlag(f *pflag.FlagSet, format *cliutil.Format) {
	*format = cliutil.FormatAuto
	f.Var((*formatValue)(format), "format", "how to write events: text, json, or auto (text on a terminal, else json)")
}

// formatValue implements pflag.Value for a format.
type formatValue cliutil.Format

func (v *formatValue) String() string { return string(*v) }
func (v *formatValue) Type() string   { return "format" }

func (v *formatValue) Set(s string) error {
	for _, f := range cliutil.Formats() {
		if s == string(f) {
			*v = formatValue(f)
			return nil
		}
	}
	return fmt.Errorf("%q is not a format; take one of %s", s, strings.Join(FormatNames(), ", "))
}

// FormatNames returns the values of --format.
func FormatNames() []string {
	var list []string
	for _, f := range cliutil.Formats() {
		list = append(list, string(f))
	}
	return list
}
