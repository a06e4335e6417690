//go:build integration

// Package integration drives the daemon as a user would, against a real
// broker.
package integration

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

func TestMain(m *testing.M) { rig.Main(m) }
