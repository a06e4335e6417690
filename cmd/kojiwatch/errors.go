package main

import (
	"errors"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// IsConfigError reports whether err is about the configuration.
func IsConfigError(err error) bool {
	return errors.As(err, new(*config.Error))
}

// IsUnreadable reports whether the configuration cannot be read.
func IsUnreadable(err error) bool { return errors.As(err, new(*config.UnreadableError)) }

// IsRefused reports whether err says that the broker refuses for good, or a sink a
// sample event.
func IsRefused(err error) bool {
	return errors.As(err, new(*consumer.FatalError)) || errors.As(err, new(*sinkbuild.RefusedError))
}
