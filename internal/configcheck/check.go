// Package configcheck finds the mistakes in a configuration without connecting to anything,
// and describes what the configuration would declare on the broker.
package configcheck

import (
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// Result is what was found about one configuration.
type Result struct {
	// File is where the configuration comes from; "" if it comes from flags.
	File string
	// Err holds the mistakes; nil if the configuration is valid.
	Err error
	// Warnings are doubts about a valid configuration, such as a file that does not exist.
	Warnings []config.Problem

	config *config.Config
	access hub.Access
}

// Check examines a configuration, or the error from reading it. Strict makes warnings
// mistakes.
func Check(file string, c *config.Config, err error, strict bool) *Result {
	r := &Result{File: file, Err: err, config: c}
	if err != nil {
		return r
	}
	r.Warnings = sinkbuild.Doubts(c)
	if strict && len(r.Warnings) > 0 {
		r.Err, r.Warnings = &config.Error{Problems: r.Warnings}, nil
		return r
	}
	if r.access, r.Err = hub.AccessOf(c); r.Err != nil {
		return r
	}
	for _, text := range r.access.Warnings {
		r.Warnings = append(r.Warnings, config.Problem{Message: text})
	}
	if c.Hub.Configured() {
		// Making a client reads the hub's certificate authorities.
		_, r.Err = hub.Connect(r.access)
	}
	return r
}
