//go:build integration

package consumer_test

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

func TestMain(m *testing.M) { rig.Main(m) }
