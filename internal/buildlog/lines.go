package buildlog

import (
	"regexp"
	"slices"
	"strings"
)

// maxConsidered bounds how many bytes of a line are considered.
const maxConsidered = 4 << 10

var (
	// mockPrefix is mock's prefix of each line of root.log.
	mockPrefix = regexp.MustCompile(`^(?:DEBUG|INFO|WARNING|ERROR) \w+\.py:\d+:  ?`)
	// clockTime is createrepo_c's prefix of each line.
	clockTime = regexp.MustCompile(`^\d\d:\d\d:\d\d: `)
	// escapes are the sequences with which programs colour their output.
	escapes = regexp.MustCompile(`\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\))`)
	// bullets are prefixes of lines of dnf, pip and pytest.
	bullets = regexp.MustCompile(`^(?:- |>>> |│ |\* )`)
)

// linesOf splits a log into lines without prefixes and escape sequences.
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
		line = line[at+1:] // the last text of a progress line
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

// section is the part of a log that contains the cause.
type section struct {
	lines []string
	name  string // of the section of the spec file; "" if unknown
	// listed means that the lines are rpmbuild's own list of errors.
	listed bool
}

// failedSection returns the section of the spec file that failed, or rpmbuild's list of errors
// if no section did. Without either it returns the whole log.
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

// listed returns the errors of rpmbuild's list, except the one about a failed section.
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

// begin returns the index of the first line of a section's last run.
func begin(lines []string, name string) int {
	for i, line := range slices.Backward(lines) {
		if m := beginning.FindStringSubmatch(line); m != nil && m[1] == name {
			return i + 1
		}
	}
	return 0
}
