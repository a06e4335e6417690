package buildlog

import (
	"regexp"
	"slices"
	"strings"
)

// maxConsidered bounds how much of a line is looked at, in bytes.
const maxConsidered = 4 << 10

var (
	// mockPrefix is what mock writes before each line of root.log.
	mockPrefix = regexp.MustCompile(`^(?:DEBUG|INFO|WARNING|ERROR) \w+\.py:\d+:  ?`)
	// clockTime is what createrepo_c writes before each line.
	clockTime = regexp.MustCompile(`^\d\d:\d\d:\d\d: `)
	// escapes are the sequences by which programs colour their output.
	escapes = regexp.MustCompile(`\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))`)
	// bullets stand before lines of dnf, pip and pytest.
	bullets = regexp.MustCompile(`^(?:- |>>> |│ |\* )`)
)

// linesOf splits a log into lines without what their writers put around the text.
func linesOf(text []byte) []string {
	lines := strings.Split(string(text), "\n")
	for i, line := range lines {
		lines[i] = clean(line)
	}
	return lines
}

func clean(line string) string {
	line = strings.TrimSuffix(line, "\r")
	if at := strings.LastIndexByte(line, '\r'); at >= 0 {
		line = line[at+1:] // the last of what was written over each other
	}
	line = line[:min(len(line), maxConsidered)]
	line = escapes.ReplaceAllString(line, "")
	line = clockTime.ReplaceAllString(mockPrefix.ReplaceAllString(line, ""), "")
	return strings.TrimSpace(bullets.ReplaceAllString(strings.TrimSpace(line), ""))
}

var (
	badExit   = regexp.MustCompile(`^(?:error: )?Bad exit status from \S+ \(%(\w+)\)`)
	beginning = regexp.MustCompile(`^Executing\(%(\w+)\): `)
	childEnd  = regexp.MustCompile(`^Child return code was: `)
)

const errorList = "RPM build errors:"

// section is the part of a log in which the cause is.
type section struct {
	lines []string
	name  string // of the section of the specification; "" if it is not known
	// listed says that the lines are rpmbuild's own list of errors.
	listed bool
}

// failedSection finds the section of the specification that failed, or what rpmbuild
// lists as errors where none did. Without either it is the whole log.
func failedSection(lines []string) section {
	for i, line := range slices.Backward(lines) {
		if line == errorList {
			if list := listed(lines[i+1:]); len(list) > 0 {
				return section{lines: list, listed: true}
			}
		}
		if m := badExit.FindStringSubmatch(line); m != nil && strings.HasPrefix(line, "error: ") {
			return section{lines: lines[begin(lines[:i], m[1]):i], name: m[1]}
		}
	}
	return section{lines: lines}
}

// listed returns the errors of rpmbuild's list but for that of a section.
func listed(lines []string) []string {
	var list []string
	for _, line := range lines {
		if childEnd.MatchString(line) {
			break
		}
		if line != "" && !badExit.MatchString(line) && !strings.HasPrefix(line, "bogus date in %changelog") {
			list = append(list, line)
		}
	}
	return list
}

// begin finds where a section began last.
func begin(lines []string, name string) int {
	for i, line := range slices.Backward(lines) {
		if m := beginning.FindStringSubmatch(line); m != nil && m[1] == name {
			return i + 1
		}
	}
	return 0
}
