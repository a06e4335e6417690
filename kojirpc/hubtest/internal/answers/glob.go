package answers

import (
	"regexp"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// glob returns a function that matches a pattern with * and ?, ignoring case. A null
// pattern matches everything.
func glob(pattern any) (func(string) bool, error) {
	if !python.Truth(pattern) {
		return func(string) bool { return true }, nil
	}
	text, ok := pattern.(string)
	if !ok {
		return nil, python.BuiltinError("AttributeError", "'%s' object has no attribute 'replace'", python.TypeName(pattern))
	}
	expr := regexp.QuoteMeta(text)
	expr = strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(expr)
	re, err := regexp.Compile(`(?is)^` + expr + `$`)
	if err != nil {
		return nil, python.BuiltinError("re.error", "%s", err)
	}
	return re.MatchString, nil
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

func notModelled(what string) error {
	return python.BuiltinError("NotImplementedError", "hubtest does not model %s", what)
}
