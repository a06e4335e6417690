package kojiwire

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

// TestKnownMethods: package koji knows the methods that are described here, and
// which of them are for one arch.
func TestKnownMethods(t *testing.T) {
	for name, m := range methods {
		task := koji.Task{Method: name, Label: "x86_64"}
		if !koji.KnownMethod(name) || (len(task.Arches()) == 1) != m.perArch {
			t.Errorf("%s: known %v, arches %v", name, koji.KnownMethod(name), task.Arches())
		}
	}
	if koji.KnownMethod("siteBuild") {
		t.Error("a method of nobody is known")
	}
}
