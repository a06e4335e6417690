// Package buildlog finds out what the logs of a failed task say: which of them explains
// the failure, which of its lines tells the cause, and what kind of failure it is.
//
// It goes by what Koji's builder says and does. The fault of a task names the logs to
// look into; build.log, which rpmbuild writes, has nothing to say where the failure came
// before rpmbuild began, which root.log then tells. Of rpmbuild's own log only the section
// of the specification that failed counts.
package buildlog

import (
	"fmt"
	"strings"
)

// Kind is the kind of a failure.
type Kind string

// The kinds.
const (
	Compile    Kind = "compile"    // a compiler or linker found a mistake
	Configure  Kind = "configure"  // the build could not be configured
	Dependency Kind = "dependency" // something to build with is not there
	Disk       Kind = "disk"       // the disk is full
	Files      Kind = "files"      // %files does not fit what was installed
	Install    Kind = "install"    // %install failed, or a check of what it installed
	Killed     Kind = "killed"     // a process was killed, crashed, or had no memory left
	Network    Kind = "network"    // a server could not be reached
	Other      Kind = "other"
	Policy     Kind = "policy"  // the hub does not allow it
	Setup      Kind = "setup"   // the build root could not be set up
	Source     Kind = "source"  // sources could not be fetched, unpacked or patched
	Spec       Kind = "spec"    // the specification is wrong
	Test       Kind = "test"    // a test failed
	Timeout    Kind = "timeout" // it took too long
)

// Kinds returns the kinds.
func Kinds() []Kind {
	return []Kind{
		Compile, Configure, Dependency, Disk, Files, Install, Killed, Network, Other, Policy, Setup, Source, Spec, Test, Timeout,
	}
}

// Task is what is known of a task that has failed.
type Task struct {
	Method string
	Fault  string           // its result, as the hub has it
	Logs   map[string]int64 // its files by name, with their sizes in bytes
}

// Reader reads parts of a task's files.
type Reader func(name string, offset, size int64) ([]byte, error)

// Cause is what explains a failure. Its texts are fit for people: bounded, without control
// characters, and with secrets masked.
type Cause struct {
	Log  string // the file that explains it; "" if the fault itself does
	Line string // of the log, else of the fault
	Kind Kind
}

// MaxRead bounds how much Find reads of all files together, in bytes.
const MaxRead = 64 << 10

// Find finds the cause of a failure. It reads the ends of the logs that may explain it,
// one after the other, until one does.
func Find(t *Task, read Reader) (Cause, error) {
	fallback := faultCause(t.Fault)
	left := int64(MaxRead)
	for _, name := range logsOf(t) {
		text, err := readEnd(t, name, left, read)
		if err != nil {
			return Cause{}, fmt.Errorf("read %s: %w", name, err)
		}
		left -= int64(len(text))
		found := search(name, text)
		if found.Line == "" {
			continue
		}
		if !found.weak {
			return found.Cause, nil
		}
		if fallback.Log == "" {
			fallback = found.Cause
		}
	}
	return fallback, nil
}

// readEnd reads the end of a log, and of a long one no more than leaves room for the
// next.
func readEnd(t *Task, name string, left int64, read Reader) ([]byte, error) {
	size := t.Logs[name]
	part := min(size, left*5/8)
	if part <= 0 {
		return nil, nil
	}
	text, err := read(name, size-part, part)
	if err != nil {
		return nil, err
	}
	text = text[:min(int64(len(text)), part)]
	if part < size {
		_, whole, _ := strings.Cut(string(text), "\n") // what is before has no beginning
		return []byte(whole), nil
	}
	return text, nil
}
