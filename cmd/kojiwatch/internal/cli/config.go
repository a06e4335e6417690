package cli

import (
	"os"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// HubConfig returns the configuration of a command that needs no broker: that of a
// file, if one is named, with the hub that the flags name.
func HubConfig(file string, flags config.HubFlags) (*config.Config, error) {
	if file == "" {
		return config.FromHubFlags(flags, os.LookupEnv)
	}
	c, err := sinkbuild.LoadConfig(file)
	if err != nil {
		return nil, err
	}
	return c.WithHub(flags)
}

// AdminOf is the address of the daemon that a configuration is for; "" if it has none, or
// is none: that the hub's options are wrong is said elsewhere.
func AdminOf(file string) string {
	if file == "" {
		return ""
	}
	c, err := sinkbuild.LoadConfig(file)
	if err != nil {
		return ""
	}
	return c.Admin.Listen
}
