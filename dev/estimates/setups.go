package main

import (
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/dev/estimates/simulation"
)

func setupNames() []string {
	var names []string
	for _, s := range simulation.Setups() {
		names = append(names, s.Name)
	}
	return names
}

// wanted reports whether a list names a setup.
func wanted(list, name string) bool {
	return list == "all" || slices.Contains(strings.Split(list, ","), name)
}
