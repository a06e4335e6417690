// Package interrupted is a test that the tests of the rig run and interrupt while its
// broker runs.
package interrupted

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

func TestMain(m *testing.M) { rig.Main(m) }

func TestWaits(t *testing.T) {
	rig.PrivateBroker(t)
	println("running in", rig.TempDir(t))
	select {}
}
