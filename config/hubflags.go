package config

import (
	"cmp"

	"github.com/kojiwatch/kojiwatch/config/schema"
)

// HubFlags holds the command line flags about the hub. An empty field means not given.
type HubFlags struct {
	Preset     string // --preset: a public hub
	Profile    string // --profile
	Server     string // --hub
	KojiConfig string // --koji-config
	WebURL     string // --weburl
}

// usePreset replaces the name of a preset with its values.
func (f *HubFlags) usePreset(r *schema.Report) {
	if f.Preset == "" {
		return
	}
	p, err := PresetOf(f.Preset)
	switch {
	case err != nil:
		r.Add("preset", "%v", err)
	case f.Profile != "" || f.Server != "" || f.KojiConfig != "":
		r.Add("preset", "names a hub, and so does another flag; give one of --preset, --profile and --hub")
	default:
		f.Server, f.WebURL = p.Hub, cmp.Or(f.WebURL, p.WebURL)
	}
}

// set overrides h with the flags. If they name another hub, only the keys about how to use
// the hub stay.
func (f *HubFlags) set(h *Hub) {
	if f.Profile != "" || f.Server != "" {
		h.Profile, h.Server, h.KojiConfig, h.CAFile, h.WebURL = f.Profile, f.Server, "", "", ""
	}
	if f.KojiConfig != "" {
		h.KojiConfig = f.KojiConfig
	}
	if f.WebURL != "" {
		h.WebURL = f.WebURL
	}
}

// FromHubFlags returns the configuration for a command that asks the hub and
// needs no broker: one with nothing but hub and cache. Env looks up environment
// variables, as [os.LookupEnv] does. The error is an [*Error] whose keys are the
// flags.
func FromHubFlags(flags HubFlags, env Env) (*Config, error) {
	c := Default()
	c.derive(&schema.Report{}, env)
	return c.WithHub(flags)
}

// WithHub returns the configuration with the hub overridden by flags. The error is an
// [*Error] whose keys are the flags.
func (c *Config) WithHub(flags HubFlags) (*Config, error) {
	changed := *c
	r := schema.NewReport(flagNames())
	if flags == (HubFlags{}) && c.report != nil {
		r = c.report.Sequel()
	}
	flags.usePreset(r)
	flags.set(&changed.Hub)
	schema.Check(r, "hub", &changed.Hub)
	changed.Hub.check(r)
	if err := r.Err(); err != nil {
		return nil, err
	}
	changed.report = r.Sequel()
	return &changed, nil
}
