package app

import (
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/sinks/filter"
)

// newFilter makes the filter of a sink.
func newFilter(c *config.Config, s *config.Sink) (*filter.Filter, error) {
	f := &s.Filter
	rules := filter.Rules{
		Types: f.Types, States: f.States, Methods: f.Methods, Packages: f.Packages,
		Owners: f.Owners, Tags: f.Tags, Targets: f.Targets,
		TopLevel: f.TopLevel, Scratch: f.Scratch, Automatic: f.Automatic, When: f.When,
	}
	return filter.New(rules, filter.People{Mine: c.Users.Mine, Automatic: c.Users.Automatic})
}

// checkFilters finds what is wrong with the filters of a configuration, all of
// it, each at its place in the file.
func checkFilters(c *config.Config) error {
	var all config.Error
	for i := range c.Sinks {
		_, err := newFilter(c, &c.Sinks[i])
		for _, mistake := range mistakes(err) {
			key := fmt.Sprintf("sinks[%d].%s", i, mistake.Key)
			all.Problems = append(all.Problems, c.Problem(key, "%s", mistake.Message).Problems...)
		}
	}
	if len(all.Problems) == 0 {
		return nil
	}
	return &all
}

// mistakes takes the error of a filter apart.
func mistakes(err error) []*filter.Mistake {
	joined, ok := errors.AsType[interface {
		error
		Unwrap() []error
	}](err)
	if !ok {
		return nil
	}
	var all []*filter.Mistake
	for _, err := range joined.Unwrap() {
		if m, ok := errors.AsType[*filter.Mistake](err); ok {
			all = append(all, m)
		}
	}
	return all
}
