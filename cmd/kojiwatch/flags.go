package main

import (
	"fmt"
	"strings"

	"github.com/spf13/pflag"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

// eventHubFlags adds the flags that say which hub completes events.
func eventHubFlags(f *pflag.FlagSet, hub *config.HubFlags) {
	namedHubFlags(f, hub, "the `profile` of Koji's client configuration whose hub supplies facts that messages lack")
	f.StringVar(&hub.WebURL, "weburl", "", "the `URL` of kojiweb, for links in events (default that of the profile)")
}

// namedHubFlags adds those that name a hub, of which each command says what for.
func namedHubFlags(f *pflag.FlagSet, hub *config.HubFlags, profile string) {
	f.StringVarP(&hub.Profile, "profile", "p", "", profile)
	f.StringVar(&hub.Server, "hub", "", "the `URL` of a hub, instead of a profile")
	f.StringVar(&hub.KojiConfig, "koji-config", "", "a `file` or folder to look for the profile in, instead of ~/.koji/config")
}

// presetFlag adds the flag that names a public hub.
func presetFlag(f *pflag.FlagSet, preset *string) {
	f.StringVar(preset, "preset", "", "the `name` of a public hub, instead of a profile: "+strings.Join(config.Presets(), ", "))
}

// formatFlag adds --format.
func formatFlag(f *pflag.FlagSet, format *cliutil.Format) {
	*format = cliutil.FormatAuto
	f.Var((*formatValue)(format), "format", "how to write events: text, json, or auto (text on a terminal, else json)")
}

// formatValue is a flag's view of a format.
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
	return fmt.Errorf("%q is not a format; take one of %s", s, strings.Join(names(cliutil.Formats()), ", "))
}

func names(formats []cliutil.Format) []string {
	list := make([]string, len(formats))
	for i, f := range formats {
		list[i] = string(f)
	}
	return list
}
