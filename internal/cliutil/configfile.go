package cliutil

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
)

// ConfigVariable is the environment variable that names the configuration file if --config
// is not given.
const ConfigVariable = "KOJIWATCH_CONFIG"

// ConfigFile returns the configuration file to read: the given one, else that of
// $KOJIWATCH_CONFIG, else the first of [ConfigPlaces] that exists, else "".
func ConfigFile(given string) string {
	if file := cmp.Or(given, os.Getenv(ConfigVariable)); file != "" {
		return file
	}
	for _, place := range ConfigPlaces() {
		if _, err := os.Stat(place); err == nil {
			return place
		}
	}
	return ""
}

// NewConfigFile returns the file that is read first without --config, "" if there is no
// known place for it.
func NewConfigFile() string { return cmp.Or(os.Getenv(ConfigVariable), userConfigFile()) }

// userConfigFile returns the configuration file of the user, "" if the user has no folder for
// configuration.
func userConfigFile() string {
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "kojiwatch", "kojiwatch.yaml")
}

// ConfigPlaces returns the files that are read without --config.
func ConfigPlaces() []string {
	var places []string
	if file := userConfigFile(); file != "" {
		places = append(places, file)
	}
	return append(places, "/etc/kojiwatch/kojiwatch.yaml")
}

// NoConfig returns an error message that lists where a configuration file was looked for.
func NoConfig() string {
	return "there is none in $" + ConfigVariable + ", " + strings.Join(ConfigPlaces(), " or ") + "; kojiwatch init writes one"
}
