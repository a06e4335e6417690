package cli

import (
	"os"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// HubConfig returns the configuration of a command that needs no broker: that of a file, if one
// is named, with the hub of the flags.
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

// AdminOf returns the admin address in a configuration file; "" if it has none or cannot be
// read, which is reported elsewhere.
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
