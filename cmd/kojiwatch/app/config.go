package app

import (
	"os"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/koji"
)

// LoadConfig reads a configuration file and checks what the package config
// cannot: expressions and templates.
func LoadConfig(path string) (*config.Config, error) {
	c, err := config.Load(path, os.LookupEnv)
	if err != nil {
		return nil, err
	}
	if err := checkSinks(c); err != nil {
		return nil, err
	}
	return c, nil
}

// hubConfig is the configuration of a command that needs no broker: that of a
// file, if one is named, with what the flags say of the hub.
func hubConfig(file string, flags config.HubFlags) (*config.Config, error) {
	if file == "" {
		return config.FromHubFlags(flags, os.LookupEnv)
	}
	c, err := LoadConfig(file)
	if err != nil {
		return nil, err
	}
	return c.WithHub(flags)
}

// newWeb returns the kojiweb at an address, the zero Web for none.
func newWeb(address string) (koji.Web, error) {
	if address == "" {
		return koji.Web{}, nil
	}
	return koji.NewWeb(address)
}
