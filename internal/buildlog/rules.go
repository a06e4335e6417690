package buildlog

import (
	"regexp"
	"strings"
)

// rule describes a form of lines that state a cause.
type rule struct {
	rank    int // lines of a higher rank are preferred
	kind    Kind
	pattern *regexp.Regexp
	below   bool // the next line states the cause
}

// Ranks with a special meaning.
const (
	lastCounts = 30 // up to this rank, the last of several lines of the same rank is used
	weakest    = 20 // up to this rank, other logs are read too
)

// rules returns the rules for a log.
func rules(name string) []rule {
	switch name {
	case rootLog, mockLog:
		return setupRules
	}
	return buildRules
}

// ruleFor returns the rule of the highest rank for a line, nil if there is none.
func ruleFor(name, line string) *rule {
	if isNoise(line) {
		return nil
	}
	table := rules(name)
	for i := range table { // ordered by rank
		if table[i].pattern.MatchString(line) {
			return &table[i]
		}
	}
	return nil
}

// noise holds the beginnings of lines that only report that something failed, or a command.
var noise = []string{
	"+ ", "++ ", "$ ", "# /", "# bash ", "EXCEPTION: ", "raise ", "mockbuild.exception.Error: ", "ENTER ", "LEAVE ", "Executing command: ",
	"configure: error: in ", "Child return code was: ", "error: could not compile ", "error: aborting due to ", "error: command ",
	"error: subprocess-exited-with-error", "error: test failed", "error: Bad exit status", "Bad exit status", "collect2: error: ",
	"ninja: build stopped", "compilation terminated", "error: linking with ", "warning: ", "CMake Warning",
	"RPM build errors:", "ERROR: Exception(", "clang: error: linker command failed", "clang++: error: linker command failed",
	"Traceback (most recent call last)", "-- Performing Test ", "gcc -", "g++ -", "cc -",
}

var makeError = regexp.MustCompile(`^\S*make(?:\[\d+\])?: (?:\*\*\* \[.*\] Error \d+|\*\*\* Waiting for |Leaving |Entering |Target )`)

// isNoise reports whether a line cannot state a cause.
func isNoise(line string) bool {
	if line == "" {
		return true
	}
	for _, prefix := range noise {
		if strings.HasPrefix(line, prefix) {
			return true
		}
	}
	return makeError.MatchString(line)
}

func on(rank int, kind Kind, pattern string) rule {
	return rule{rank: rank, kind: kind, pattern: regexp.MustCompile(pattern)}
}

func below(r rule) rule {
	r.below = true
	return r
}

const (
	diskFull    = `No space left on device|needs \d+[KMGT]i?B more space on|Disk quota exceeded`
	unreachable = `Curl error \(|Could not resolve host|Temporary failure in name resolution|All mirrors were tried|Network is unreachable|` +
		`Connection (?:refused|reset|timed out)|Failed to connect to|i/o timeout|getaddrinfo |Max retries exceeded|[Ss]tatus code:? 5\d\d|` +
		`The requested URL returned error: 5\d\d|pinging container registry`
)

// buildRules are the rules for rpmbuild and for programs that make repositories and images.
var buildRules = []rule{
	on(100, Disk, diskFull),
	on(95, Timeout, `commandTimeoutExpired: |^Timeout\(\d+\) expired for command`),
	on(90, Killed, `Killed signal terminated program|signal: 9, SIGKILL|terminated with signal 9|virtual memory exhausted|`+
		`[Cc]annot allocate memory|java\.lang\.OutOfMemoryError|: line \d+: +\d+ Killed |memory exhausted|\*\*\* \[.*\] Killed`),

	on(86, Test, `^FAIL!  ?: `),                                            // Qt
	on(85, Test, `^(?:FAILED|ERROR) \S+\.py(?:::.*)?(?: - |$)`),            // pytest
	on(85, Test, `^\[ERROR\]\s+\w+(?:\.\w+)*:\d+`),                         // Surefire
	on(84, Test, `^\d+ - \S+ \(\w[\w *]*\)$`),                              // CTest
	on(84, Test, `^(?:FAIL|ERROR): \w+ \(|^#\s+Failed test|^--- FAIL: `),   // unittest, Perl, Go
	on(84, Test, `^rspec \./\S+`),                                          // RSpec
	on(84, Test, `^test \S+ (?:- should panic )?\.\.\. FAILED$`),           // cargo
	on(84, Test, ` (?:FAIL|TIMEOUT|ERROR|INTERRUPT)\s+\d+\.\d+ ?s(?: |$)`), // meson
	on(82, Test, `^(?:FAIL|XPASS|ERROR): \S+$|^(?:FAIL|ERROR): \S+ \d+ `),  // Automake

	on(81, Source, `hunks? FAILED -- saving rejects|^error: patch failed: |^Bad (?:file|source): |^error: Bad (?:file|source): |BAD signature|Can't check signature`),
	on(80, Install, `\.desktop: error: |ambiguous python shebang|^ERROR +\d{4}: file |in installed files; aborting$`),
	on(80, Configure, `^configure: error: |meson\.build:\d+:\d+: ERROR: `),
	below(on(80, Configure, `^CMake Error (?:at |in |\()|^CMake Error: .*:$`)),

	on(78, Dependency, `Can't locate \S+ in @INC|failed to select a version for|no matching package named|is not supported by the following package|`+
		`cannot find (?:package|module) |no required module provides|No matching distribution found|could not be resolved|^error: Failed build dependencies`),
	on(75, Compile, `^(?:\[javac\] )?[^\s:]+:\d+(?::\d+)?: (?:fatal )?error: ?|^error\[E\d+\]: |^\[ERROR\] \S+\.(?:java|kt|scala|groovy):\[\d+,\d+\] `),
	on(74, Compile, `undefined reference to |cannot find -l|multiple definition of |\bld(?:\.\w+)?: error: |^\S+\.go:\d+:\d+: |^Error: .* at \(\d\)`),
	on(70, Source, `cd: \S+: No such file or directory|not in gzip format|File format not recognized|Unexpected end of input|unexpected end of file`),
	on(68, Dependency, `^(?:E +)?ModuleNotFoundError: `),
	on(65, Compile, `^(?:SyntaxError|IndentationError|TabError): |No rule to make target `),
	on(62, Spec, `lua script failed|Architecture is (?:not included|excluded)|No compatible architectures`),
	on(60, Spec, `^error: line \d+: |^error: (?:Unable to open|parse error|query of specfile|Unknown)`),
	on(58, Source, `Could not execute sources|^fatal: (?:ambiguous argument|Could not parse object|reference is not a tree|repository .* not found|Authentication failed)`),
	on(55, Network, unreachable),
	on(54, Killed, `Segmentation fault|\(core dumped\)|\*\*\* \[.*\] (?:Segmentation fault|Aborted|Terminated)|Illegal instruction`),
	on(52, Dependency, `: command not found$`),
	on(50, "", `cannot stat |: No such file or directory$|Permission denied$`),
	on(45, "", `^(?:error|Error|ERROR|fatal|FATAL)(?:\(\w+\))?: `),
	on(30, "", `(?:^|\.)[A-Z]\w*(?:Error|Exception): |(?i)(?:^|[\s:\[])(?:error|fatal|critical|failed|failure)(?::|!| -|\b.*:)`),
}

// setupRules are the rules for mock and the package manager while they set up a build root.
var setupRules = []rule{
	on(100, Disk, diskFull),
	on(95, Network, `Curl error \(`),
	on(92, Dependency, `nothing provides |^No match for argument: |No matching package to install: |No Package found for |^Unable to find a match: `),
	on(91, Dependency, ` conflicts with .* provided by `),
	on(90, Network, unreachable),
	on(85, Setup, `^PGP check for package .* failed|^Public key for .* is not installed|GPG check FAILED|^mount: |Could not find required config file`),
	on(80, Dependency, `requires .*, but none of the providers can be installed|conflicts with|^Error: Package: `),
	on(78, Source, `Could not execute sources|Could not execute \w+: `),
	on(76, Timeout, `commandTimeoutExpired: `),
	on(74, Killed, `[Cc]annot allocate memory`),
	on(60, Setup, `^(?:Transaction failed: |Error: Transaction |Rpm transaction failed|error: unpacking of archive failed|Error unpacking rpm package)`),
	on(40, Setup, `^(?:Error|error|ERROR): (?:[^CE]|C[^o]|E[^x])`),
	on(20, Setup, `^ERROR: Command failed:`),
}

// faultRules give the kind of a failure from the fault of the task. The first match counts.
var faultRules = []rule{
	on(0, Disk, diskFull),
	on(0, Killed, `killed by signal|MemoryError`),
	on(0, Timeout, `timed out|Unsuccessfully waited|commandTimeoutExpired`),
	on(0, Policy, `not in list for tag|is blocked for tag|policy violation|already exists|ActionNotAllowed|not allowed|[Ii]nsufficient|permission`),
	on(0, Network, `ConnectionError|ConnectionReset|Connection (?:refused|reset)|`+unreachable),
	on(0, Setup, `[Bb]uildroot|[Rr]epo\b|could not init mock`),
	on(0, Source, `SCM|GIT command|retrieving sources|checkout`),
	on(0, Spec, `spec file|No (?:valid|matching) arches|not a source package|Invalid (?:arch|version)`),
}
