package schema

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

const (
	// MaxFile bounds the size of the file, before and after expanding variables.
	MaxFile = 1 << 20
	// maxDepth bounds nesting, in the text and along aliases.
	maxDepth = 32
	// maxNodes bounds the number of values, with aliases expanded.
	maxNodes = 100_000
)

var errGrown = errors.New("makes the configuration larger than 1 MiB")

// readDocument returns the file's only document, or nil if there is none. It reports
// invalid YAML.
func readDocument(r *Report, data []byte) *yaml.Node {
	if len(data) > MaxFile {
		r.AddAt(place{}, "", "the file is larger than 1 MiB")
		return nil
	}
	if !readable(r, data) {
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data), yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth))))
	if err != nil {
		r.AddAt(place{}, "", "the YAML reader could not start: %v", err)
		return nil
	}
	var first, second yaml.Node
	if err := loader.Load(&first); errors.Is(err, io.EOF) {
		return nil
	} else if err != nil {
		addSyntax(r, err)
		return nil
	}
	switch err := loader.Load(&second); {
	case err == nil:
		r.AddAt(placeOf(&second), "", "a second document begins here; the configuration is one document")
	case !errors.Is(err, io.EOF):
		addSyntax(r, err)
	default:
		return first.Content[0]
	}
	return nil
}

// readable reports whether the data is valid text for a YAML file. The YAML parser checks
// this too, but without a position.
func readable(r *Report, data []byte) bool {
	for number, line := range bytes.Split(data, []byte("\n")) {
		for column := 1; len(line) > 0; column++ {
			char, size := utf8.DecodeRune(line)
			at := place{number + 1, column}
			switch {
			case char == utf8.RuneError && size == 1:
				r.AddAt(at, "", "the file is not UTF-8 text from here on")
				return false
			case unicode.IsControl(char) && char != '\t' && char != '\r':
				r.AddAt(at, "", "a control character (%U) does not belong into the file; in double quotes it can be written with a backslash", char)
				return false
			}
			line = line[size:]
		}
	}
	return true
}

func placeOf(node *yaml.Node) place { return place{node.Line, node.Column} }

// addSyntax reports an error of the YAML parser with a message of our own, since the
// parser's message may contain parts of the file, such as a password.
func addSyntax(r *Report, err error) {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		r.AddAt(place{}, "", "the file is not valid YAML")
		return
	}
	at := place{load.Mark.Line, load.Mark.Column}
	for _, known := range syntaxErrors() {
		if strings.Contains(load.Message, known.theirs) && strings.Contains(load.ContextMsg, known.context) {
			if known.atStart && load.ContextMark.Line > 0 {
				at = place{load.ContextMark.Line, load.ContextMark.Column}
			}
			r.AddAt(at, "", "%s", known.ours)
			return
		}
	}
	r.AddAt(at, "", "this is not valid YAML; check indentation, colons and quotes here and above")
}

type syntaxError struct {
	theirs, context string
	atStart         bool // the beginning of the construct says more than where it broke
	ours            string
}

func syntaxErrors() []syntaxError {
	return []syntaxError{
		{"mapping values are not allowed", "", false, "a colon too many; put a value that holds a colon and a space in quotes, and check the indentation"},
		{"could not find expected ':'", "", true, "a key without a colon after it"},
		{"did not find expected key", "", false, "a key should stand here; check the indentation, and the quotes before"},
		{"did not find expected '-' indicator", "", false, "an item of the list should begin here with a dash; check the indentation"},
		{"block sequence entries are not allowed", "", false, "a list cannot begin here; put each item on a line of its own"},
		{"cannot start any token", "", false, "a value cannot begin like this; indent with spaces, not tabs, and put a value that begins with @, % or ` in quotes"},
		{"did not find expected ',' or ']'", "", true, "a list that begins with [ and has no ]; within it put ${NAME} in quotes"},
		{"did not find expected ',' or '}'", "", true, "a map that begins with { and has no }; within it put ${NAME} in quotes"},
		{"unexpected end of stream", "quoted scalar", true, "a quote that never ends"},
		{"document indicator", "quoted scalar", true, "a quote that never ends"},
		{"unknown escape character", "", false, "no such escape; in double quotes write a backslash twice, or use single quotes"},
		{"hexadecimal number", "", false, "an escape that lacks its digits; in double quotes write a backslash twice, or use single quotes"},
		{"unknown anchor", "", false, "an alias to an anchor that is not there; put a value that begins with * in quotes"},
		{"alphabetic or numeric character", "", false, "an anchor or alias without a name; put a value that begins with & or * in quotes"},
		{"a tab", "", false, "a tab in the indentation; indent with spaces"},
		{"mixed spaces and tabs", "", false, "a tab in the indentation; indent with spaces"},
		{"", "directive", true, "a line that begins with %, which has no use here"},
		{"", "a tag", true, "a tag, which has no use here; put a value that begins with ! in quotes"},
		{"max depth", "", false, "nested too deeply"},
	}
}
