package app

import (
	"os"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/koji"
)

// LoadConfig reads a configuration file.
func LoadConfig(path string) (*config.Config, error) {
	return config.Load(path, os.LookupEnv)
}

// newWeb returns the kojiweb at an address, the zero Web for none.
func newWeb(address string) (koji.Web, error) {
	if address == "" {
		return koji.Web{}, nil
	}
	return koji.NewWeb(address)
}
