// Package buildlog analyzes the logs of a failed task: which log explains the failure, which
// of its lines states the cause, and what kind of failure it is.
//
// It follows the behaviour of Koji's builder. The fault of a task names the logs to read. If
// the failure happened before rpmbuild started, build.log is almost empty, and root.log
// explains the failure. In the log of rpmbuild only the failed section of the spec file
// matters.
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
	Dependency Kind = "dependency" // a build dependency is missing
	Disk       Kind = "disk"       // the disk is full
	Files      Kind = "files"      // %files does not match the installed files
	Install    Kind = "install"    // %install failed, or a check of what it installed
	Killed     Kind = "killed"     // a process was killed, crashed, or ran out of memory
	Network    Kind = "network"    // a server could not be reached
	Other      Kind = "other"
	Policy     Kind = "policy"  // the hub does not allow it
	Setup      Kind = "setup"   // the build root could not be set up
	Source     Kind = "source"  // sources could not be fetched, unpacked or patched
	Spec       Kind = "spec"    // the spec file is wrong
	Test       Kind = "test"    // a test failed
	Timeout    Kind = "timeout" // it took too long
)

// Kinds returns the kinds.
func Kinds() []Kind {
	return []Kind{
		Compile, Configure, Dependency, Disk, Files, Install, Killed, Network, Other, Policy, Setup, Source, Spec, Test, Timeout,
	}
}

// Task describes a failed task.
type Task struct {
	Method string
	Fault  string           // its result on the hub
	Logs   map[string]int64 // its files by name, with their sizes in bytes
}

// Reader reads parts of a task's files.
type Reader func(name string, offset, size int64) ([]byte, error)

// Cause is the cause of a failure. Its texts are safe to show to people: bounded, without
// control characters, and with secrets masked.
type Cause struct {
	Log  string // the file that explains the failure; "" if the fault does
	Line string // of the log, else of the fault
	Kind Kind
}

// MaxRead bounds how many bytes Find reads from all files together.
const MaxRead = 64 << 10

// Find finds the cause of a failure. It reads the ends of the logs that may explain it, one
// after the other, until it finds a cause.
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

// readEnd reads the end of a log. It reads at most 5/8 of the bytes left, which leaves some
// for the next log.
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
		_, whole, _ := strings.Cut(string(text), "\n") // the first line is incomplete
		return []byte(whole), nil
	}
	return text, nil
}
