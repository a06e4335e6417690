package main

import (
	"os"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// hubConfig is the configuration of a command that needs no broker: that of a
// file, if one is named, with what the flags say of the hub.
func hubConfig(file string, flags config.HubFlags) (*config.Config, error) {
	if file == "" {
		return config.FromHubFlags(flags, os.LookupEnv)
	}
	c, err := sinkbuild.LoadConfig(file)
	if err != nil {
		return nil, err
	}
	return c.WithHub(flags)
}
