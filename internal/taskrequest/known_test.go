package taskrequest

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/koji"
)

// TestKnownMethods checks that package koji knows the methods described here, and which of
// them are for one arch.
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

func TestMethodName(t *testing.T) {
	for name := range methods {
		b := []byte(name)
		if n := testing.AllocsPerRun(10, func() { MethodName(b) }); n != 0 || MethodName(b) != name {
			t.Errorf("%q: %q, %v allocations", name, MethodName(b), n)
		}
	}
	b := []byte("siteBuild")
	got := MethodName(b)
	b[0] = 'N'
	if got != "siteBuild" {
		t.Errorf("an unknown name shares the bytes it was read from: %q", got)
	}
}
