package buildlog

import (
	"regexp"
	"slices"
	"strings"
)

const (
	buildLog = "build.log"
	rootLog  = "root.log"
	mockLog  = "mock_output.log"
)

// allButEmpty is the size in bytes below which build.log has nothing but mock's first lines.
const allButEmpty = 200

// named matches the logs that a fault names, as in "see build.log or root.log for more
// information".
var named = regexp.MustCompile(`\bsee ([\w.-]+\.log)(?: or ([\w.-]+\.log))?`)

// logsOf returns the logs that may explain a failure, the most likely first, or none if the
// fault itself explains it.
func logsOf(t *Task) []string {
	names := namedBy(t)
	if names == nil {
		return nil
	}
	if slices.Contains(names, buildLog) || slices.Contains(names, rootLog) {
		names = append(names, rootLog, mockLog, buildLog)
	}
	if names[0] == buildLog && t.Logs[buildLog] < allButEmpty {
		names = append(names[1:], buildLog)
	}
	var logs []string
	for _, name := range names {
		if t.Logs[name] > 0 && !slices.Contains(logs, name) {
			logs = append(logs, name)
		}
	}
	return logs
}

// namedBy returns the logs that a fault names or implies.
func namedBy(t *Task) []string {
	if strings.Contains(t.Fault, "killed by signal") {
		return nil // the logs do not show why
	}
	if m := named.FindStringSubmatch(t.Fault); m != nil {
		names := slices.DeleteFunc(m[1:], func(name string) bool { return name == "" })
		if names[0] == rootLog && len(names) == 2 {
			slices.Reverse(names) // "see root.log or livemedia-out.log": the program's own comes first
		}
		return names
	}
	switch {
	case strings.Contains(t.Fault, "failed to create repo"):
		return []string{"createrepo.log", "dist_repo.log"}
	case strings.Contains(t.Fault, "failed to merge repos"):
		return []string{"mergerepos.log"}
	case t.Method == "runroot":
		return []string{"runroot.log", rootLog}
	case strings.Contains(t.Fault, "Kiwi failed"), strings.Contains(t.Fault, "exited with status"):
		return imageLogs(t)
	}
	return nil
}

// imageLogs returns the logs of a task whose fault names none: those of programs, then that of
// mock.
func imageLogs(t *Task) []string {
	var names []string
	for name := range t.Logs {
		if isProgramLog(name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return append(names, rootLog)
}

// isProgramLog reports whether a file is the log of a program other than mock and those that
// the builder runs before the build.
func isProgramLog(name string) bool {
	switch name {
	case buildLog, rootLog, mockLog, "state.log", "hw_info.log", "installed_pkgs.log":
		return false
	}
	return strings.HasSuffix(name, ".log") && !strings.HasSuffix(name, "-ts.log") &&
		!strings.HasPrefix(name, "checkout") && !strings.HasPrefix(name, "dnf")
}
