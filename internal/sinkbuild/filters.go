package sinkbuild

import (
	"errors"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/sinks/filter"
)

// NewFilter returns the filter of a sink.
func NewFilter(c *config.Config, s *config.Sink) (*filter.Filter, error) {
	return filter.New(rulesOf(s), filter.People{Mine: c.Users.Mine, Automatic: c.Users.Automatic})
}

func rulesOf(s *config.Sink) filter.Rules {
	f := &s.Filter
	return filter.Rules{
		Types: f.Types, States: f.States, Methods: f.Methods, Packages: f.Packages,
		Owners: f.Owners, Tags: f.Tags, Targets: f.Targets,
		TopLevel: f.TopLevel, Scratch: f.Scratch, Automatic: f.Automatic, When: f.When,
	}
}

// mistakes returns the mistakes in the error of a filter.
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
