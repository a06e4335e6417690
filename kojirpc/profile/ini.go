package profile

import (
	"fmt"
	"maps"
	"strings"
	"unicode/utf8"
)

// defaultSection has the options that all other sections inherit. It is not a profile.
const defaultSection = "DEFAULT"

const byteOrderMark = "\ufeff"

// entry is an option's value before interpolation.
type entry struct {
	raw string
	at  Position
}

// document maps section names to option names to values.
type document map[string]map[string]entry

// merge adds the options of later to d, replacing those that exist.
func (d document) merge(later document) {
	for name, options := range later {
		if d[name] == nil {
			d[name] = map[string]entry{}
		}
		maps.Copy(d[name], options)
	}
}

// parseINI parses a file like configparser.ConfigParser. It stops at the first mistake.
func parseINI(file string, data []byte) (document, error) {
	if err := checkEncoding(file, data); err != nil {
		return nil, err
	}
	p := parser{doc: document{}, headers: map[string]int{}, at: Position{File: file}}
	for line := range strings.SplitSeq(universalNewlines(string(data)), "\n") {
		p.at.Line++
		if err := p.feed(line); err != nil {
			return nil, err
		}
	}
	p.flush()
	return p.doc, nil
}

// checkEncoding rejects what Python's "utf8" codec rejects, and a byte order mark, which
// that codec keeps as part of the first line.
func checkEncoding(file string, data []byte) error {
	if strings.HasPrefix(string(data[:min(len(data), len(byteOrderMark))]), byteOrderMark) {
		return &Error{
			At:      Position{file, 1},
			Problem: "the file starts with a byte order mark, which hides the first line from Koji",
			Remedy:  "save it as UTF-8 without one",
		}
	}
	if utf8.Valid(data) {
		return nil
	}
	good := 0
	for {
		r, size := utf8.DecodeRune(data[good:])
		if r == utf8.RuneError && size <= 1 {
			break
		}
		good += size
	}
	line := 1 + strings.Count(universalNewlines(string(data[:good])), "\n")
	return &Error{
		At:      Position{file, line},
		Problem: fmt.Sprintf("byte 0x%02x is not UTF-8", data[good]),
		Remedy:  "save the file as UTF-8",
	}
}

// parser is the state of parseINI between two lines.
type parser struct {
	doc     document
	headers map[string]int // line of each section's header
	at      Position       // the line being read

	section string           // name of the open section
	options map[string]entry // its options; nil before the first header

	option   string          // name of the open option, "" when there is none
	opened   Position        // where it starts
	value    strings.Builder // its lines so far
	baseline int             // indentation of the last line that was not a continuation
}

func (p *parser) feed(line string) error {
	text := strip(line)
	switch {
	case text == "":
		p.extend("") // an empty line inside a value is part of it
	case text[0] == '#' || text[0] == ';':
	case p.option != "" && indent(line) > p.baseline:
		p.extend(text)
	default:
		p.flush()
		p.baseline = indent(line)
		return p.begin(text)
	}
	return nil
}

func (p *parser) extend(text string) {
	if p.option != "" {
		p.value.WriteByte('\n')
		p.value.WriteString(text)
	}
}

// flush closes the open option.
func (p *parser) flush() {
	if p.option == "" {
		return
	}
	p.options[p.option] = entry{raw: rstrip(p.value.String()), at: p.opened}
	p.option = ""
	p.value.Reset()
}

// begin reads a line that is not a continuation: a section header or an option.
func (p *parser) begin(text string) error {
	if name, ok := headerName(text); ok {
		return p.openSection(name)
	}
	if p.options == nil {
		return p.mistake("there is text before the first [section] header",
			"put the profile's name in brackets on a line above, for example [koji]")
	}
	return p.openOption(text)
}

// headerName parses "[name]". Python matches greedily and ignores text after the last
// bracket, so "[a] b]" is a section named "a] b" and "[a] b" one named "a".
func headerName(text string) (string, bool) {
	end := strings.LastIndexByte(text, ']')
	if text[0] != '[' || end < 2 {
		return "", false
	}
	return text[1:end], true
}

func (p *parser) openSection(name string) error {
	if first, seen := p.headers[name]; seen && name != defaultSection {
		return p.mistake(fmt.Sprintf("section %s starts a second time (first on line %d)", quote(name), first),
			"merge the two into one section")
	}
	p.headers[name] = p.at.Line
	if p.doc[name] == nil {
		p.doc[name] = map[string]entry{}
	}
	p.section, p.options = name, p.doc[name]
	return nil
}

// openOption parses "name = value" or "name: value". Its errors do not quote the line,
// which may be part of a password.
func (p *parser) openOption(text string) error {
	cut := strings.IndexAny(text, "=:")
	if cut < 0 {
		return p.mistake(`the line has no "=" or ":"`,
			"write name = value, indent it to continue the value above, or start it with #")
	}
	name := lower(strip(text[:cut]))
	if name == "" {
		return p.mistake("the line has a value but no name", "write name = value, or start it with #")
	}
	if earlier, dup := p.options[name]; dup {
		return p.mistake(fmt.Sprintf("option %s of section %s is given a second time (first on line %d)",
			quote(name), quote(p.section), earlier.at.Line), "remove one of the two lines")
	}
	p.option, p.opened = name, p.at
	p.value.WriteString(strip(text[cut+1:]))
	return nil
}

func (p *parser) mistake(problem, remedy string) error {
	return &Error{At: p.at, Problem: problem, Remedy: remedy}
}
