package buildlog

import (
	"regexp"
	"strings"
	"unicode"
)

// maxLine bounds a line for people, in characters.
const maxLine = 300

// secrets are the patterns of secrets. The replacements keep the names of secrets.
var secrets = []struct {
	pattern     *regexp.Regexp
	replacement string
}{
	{regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s/@'"]+@`), "$1"},
	{regexp.MustCompile(`(?i)\b((?:proxy-)?authorization:\s*(?:\w+\s+)?)[^\s'"]+`), "$1***"},
	{regexp.MustCompile(`(?i)\b(bearer\s+)[A-Za-z0-9._~+/=-]{8,}`), "$1***"},
	// NAME=value, in a shell or a URL. A colon after "token" or "signature" is usually part of
	// an error message.
	{regexp.MustCompile(`(?i)((?:token|secret|signature|credential|session-key|passw(?:or)?d|passphrase|api[_-]?key|access[_-]?key)[\w-]*=["']?)[^\s&"',;=][^\s&"',;]*`), "$1***"},
	{regexp.MustCompile(`(?i)(["'][\w-]*(?:token|secret|passw(?:or)?d|passphrase|api[_-]?key|access[_-]?key)["']\s*:\s*["'])[^"']+`), "$1***"},
	{regexp.MustCompile(`(?i)(\b(?:passw(?:or)?d|passphrase|api[_-]?key)\s*[=:]\s*["']?)[^\s&"',;=]+`), "$1***"},
	{regexp.MustCompile(`(?i)(--(?:token|secret|password|api-key) )\S+`), "$1***"},
	{regexp.MustCompile(`\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|AKIA|ASIA)[A-Za-z0-9_-]{8,}`), "***"},
	{regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*`), "***"},
}

// forPeople turns untrusted text into one line that is safe to show: bounded, without control
// characters, and with secrets masked.
func forPeople(line string) string {
	line = strings.ToValidUTF8(line[:min(len(line), maxConsidered)], "\ufffd")
	line = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, line)), " ")
	for _, s := range secrets {
		line = s.pattern.ReplaceAllString(line, s.replacement)
	}
	if runes := []rune(line); len(runes) > maxLine {
		line = string(runes[:maxLine-1]) + "…"
	}
	return line
}
