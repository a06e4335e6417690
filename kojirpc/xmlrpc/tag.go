package xmlrpc

import (
	"bytes"
	"strings"
)

// tag is one start or end tag.
type tag struct {
	name []byte
	end  bool // </name>
	void bool // <name/>
}

func (t tag) String() string {
	switch {
	case t.end:
		return "</" + clean(t.name) + ">"
	case t.void:
		return "<" + clean(t.name) + "/>"
	}
	return "<" + clean(t.name) + ">"
}

// clean shortens a tag's name and makes it printable.
func clean(name []byte) string {
	q := quote(name)
	return q[1:strings.LastIndexByte(q, '"')]
}

// tag reads whatever tag comes; want is for the error if there is none.
func (s *scanner) tag(want string) (t tag, err error) {
	if s.pos >= len(s.data) {
		return tag{}, s.cut("before " + want)
	}
	start := s.pos
	if s.data[start] != '<' || s.has("<![CDATA[") {
		return tag{}, s.fail(start, "want %s, got text", want)
	}
	s.pos++
	if s.pos < len(s.data) && s.data[s.pos] == '/' {
		t.end = true
		s.pos++
	}
	from := s.pos
	for s.pos < len(s.data) && isNameByte(s.data[s.pos]) {
		s.pos++
	}
	t.name = s.data[from:s.pos]
	if s.pos < len(s.data) && (len(t.name) == 0 || !isNameStart(t.name[0])) {
		return tag{}, s.fail(start, "< begins no tag")
	}
	t.void, err = s.tagRest(start, t.end)
	return t, err
}

// tagRest reads the rest of the tag that began at start: its attributes, which
// mean nothing, and its closing bracket.
func (s *scanner) tagRest(start int, end bool) (void bool, err error) {
	for {
		before := s.pos
		for s.pos < len(s.data) && isSpace(s.data[s.pos]) {
			s.pos++
		}
		switch {
		case s.pos >= len(s.data):
			return false, s.cut("in a tag")
		case s.data[s.pos] == '>':
			s.pos++
			return false, nil
		case !end && s.data[s.pos] == '/':
			if s.pos+1 >= len(s.data) {
				return false, s.cut("in a tag")
			}
			if s.data[s.pos+1] != '>' {
				return false, s.fail(start, "malformed tag")
			}
			s.pos += 2
			return true, nil
		case end || s.pos == before:
			return false, s.fail(start, "malformed tag")
		}
		if err := s.attribute(start); err != nil {
			return false, err
		}
	}
}

// attribute passes over one attribute of the tag that began at start.
func (s *scanner) attribute(start int) error {
	from := s.pos
	for s.pos < len(s.data) && isNameByte(s.data[s.pos]) {
		s.pos++
	}
	named := s.pos > from && isNameStart(s.data[from])
	for s.pos < len(s.data) && (isSpace(s.data[s.pos]) || s.data[s.pos] == '=') {
		if s.data[s.pos] == '=' {
			s.pos++
			break
		}
		s.pos++
	}
	for s.pos < len(s.data) && isSpace(s.data[s.pos]) {
		s.pos++
	}
	if s.pos >= len(s.data) {
		return s.cut("in a tag")
	}
	q := s.data[s.pos]
	if !named || q != '"' && q != '\'' {
		return s.fail(start, "malformed tag")
	}
	n := bytes.IndexByte(s.data[s.pos+1:], q)
	if n < 0 {
		return s.cut("in a tag")
	}
	if bytes.IndexByte(s.data[s.pos+1:s.pos+1+n], '<') >= 0 {
		return s.fail(start, "malformed tag")
	}
	s.pos += n + 2
	return nil
}

func isNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == ':' || c >= 0x80
}

func isNameByte(c byte) bool {
	return isNameStart(c) || '0' <= c && c <= '9' || c == '-' || c == '.'
}
