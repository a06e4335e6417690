package main

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
)

// event is a line of `go test -json`; see `go doc test2json`.
type event struct {
	Action  string
	Package string
	Test    string // empty if the event is about the package
	Output  string
	Elapsed float64 // seconds, of a test that has ended
}

// report reads the events of a run and writes a summary. It is the io.Writer for the output
// of go test.
type report struct {
	out     io.Writer
	excuse  *regexp.Regexp // reasons for which a test may be skipped; may be nil
	partial []byte
	output  map[string]*bytes.Buffer // of running tests, by package and name

	passed, failed, excused int
	skipped                 []string
	slow                    []event // the slowest, slowest first
}

// The summary lists at most this number of tests that take at least this time.
const (
	maxSlow = 10
	slow    = 10 // seconds
)

func newReport(out io.Writer, excuse *regexp.Regexp) *report {
	return &report{out: out, excuse: excuse, output: map[string]*bytes.Buffer{}}
}

// Write processes the next part of go test's output. It never fails.
func (r *report) Write(p []byte) (int, error) {
	rest := slices.Concat(r.partial, p)
	for {
		line, after, ended := bytes.Cut(rest, []byte("\n"))
		if !ended {
			r.partial = rest
			return len(p), nil
		}
		r.line(line)
		rest = after
	}
}

func (r *report) line(line []byte) {
	var e event
	if json.Unmarshal(line, &e) != nil {
		r.print(string(line) + "\n") // go test does not write only JSON
		return
	}
	switch {
	case e.Action == "build-output":
		r.print(e.Output)
	case e.Test == "":
		r.ofPackage(e)
	default:
		r.ofTest(e)
	}
}

// ofPackage shows the result of a package, and the output of unfinished tests if it ended with
// a panic or a timeout.
func (r *report) ofPackage(e event) {
	switch e.Action {
	case "output":
		if e.Output != "PASS\n" && !strings.HasPrefix(e.Output, "-test.shuffle ") {
			r.buffer(e).WriteString(e.Output)
		}
	case "fail":
		for key, said := range r.output {
			if strings.HasPrefix(key, e.Package+" ") && key != e.Package+" " {
				r.print(said.String())
				delete(r.output, key)
			}
		}
		r.flush(e)
	case "pass", "skip": // skip: it has no tests
		r.flush(e)
	}
}

func (r *report) ofTest(e event) {
	switch e.Action {
	case "output":
		if !strings.HasPrefix(e.Output, "=== ") {
			r.buffer(e).WriteString(e.Output)
		}
	case "pass":
		r.passed++
		r.time(e)
		delete(r.output, key(e))
	case "fail":
		r.failed++
		r.flush(e)
	case "skip":
		r.skip(e)
	}
}

// time keeps the slowest tests. Subtests count for their parent.
func (r *report) time(e event) {
	if e.Elapsed < slow || strings.Contains(e.Test, "/") {
		return
	}
	r.slow = append(r.slow, e)
	slices.SortStableFunc(r.slow, func(a, b event) int { return cmp.Compare(b.Elapsed, a.Elapsed) })
	r.slow = r.slow[:min(len(r.slow), maxSlow)]
}

func (r *report) skip(e event) {
	if r.excuse != nil && r.excuse.MatchString(r.buffer(e).String()) {
		r.excused++
	} else {
		r.skipped = append(r.skipped, e.Package+" "+e.Test)
	}
	r.flush(e)
}

// finish writes the summary. It returns the exit status, regardless of that of go test.
func (r *report) finish() int {
	code := 0
	if r.excused > 0 {
		r.print(fmt.Sprintf("Left out, for the reasons above: %d\n", r.excused))
	}
	for _, name := range r.skipped {
		r.print("SKIPPED: " + name + "\n")
		code = 1
	}
	if r.passed+r.failed == 0 {
		r.print("No test ran.\n")
		code = 1
	}
	if len(r.slow) > 0 {
		var names []string
		for _, e := range r.slow {
			names = append(names, fmt.Sprintf("%s %.0f s", e.Test, e.Elapsed))
		}
		r.print("slowest: " + strings.Join(names, ", ") + "\n")
	}
	r.print(fmt.Sprintf("%d passed, %d failed, %d skipped\n", r.passed, r.failed, len(r.skipped)+r.excused))
	return code
}

func key(e event) string { return e.Package + " " + e.Test }

func (r *report) buffer(e event) *bytes.Buffer {
	b := r.output[key(e)]
	if b == nil {
		b = &bytes.Buffer{}
		r.output[key(e)] = b
	}
	return b
}

func (r *report) flush(e event) {
	r.print(r.buffer(e).String())
	delete(r.output, key(e))
}

// print writes to the terminal or the log. If that fails, the error cannot be reported.
func (r *report) print(text string) { _, _ = io.WriteString(r.out, text) }
