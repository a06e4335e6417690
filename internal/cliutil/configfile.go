package cliutil

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
)

// ConfigVariable names the configuration file where no --config does.
const ConfigVariable = "KOJIWATCH_CONFIG"

// ConfigFile returns the configuration file to read: the given one, else that of
// $KOJIWATCH_CONFIG, else the first of the usual places that is there; "" if there is
// none.
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

// ConfigPlaces returns the files that are read without --config.
func ConfigPlaces() []string {
	var places []string
	if dir, err := os.UserConfigDir(); err == nil {
		places = append(places, filepath.Join(dir, "kojiwatch", "kojiwatch.yaml"))
	}
	return append(places, "/etc/kojiwatch/kojiwatch.yaml")
}

// NoConfig says where a configuration was looked for.
func NoConfig() string {
	return "there is none in $" + ConfigVariable + ", " + strings.Join(ConfigPlaces(), " or ")
}
