//go:build integration

package docs

import (
	"os"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

func TestMain(m *testing.M) {
	if socket := os.Getenv(insideVariable); socket != "" {
		os.Exit(inside(socket, os.Args[1:]))
	}
	rig.Main(m)
}
