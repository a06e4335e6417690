package scan

import (
	"bytes"
	"strings"
)

// Element is one start or end tag.
type Element struct {
	Name []byte
	End  bool // </name>
	Void bool // <name/>
}

func (t Element) String() string {
	switch {
	case t.End:
		return "</" + clean(t.Name) + ">"
	case t.Void:
		return "<" + clean(t.Name) + "/>"
	}
	return "<" + clean(t.Name) + ">"
}

// clean shortens a tag's name and makes it printable.
func clean(name []byte) string {
	q := Quote(name)
	return q[1:strings.LastIndexByte(q, '"')]
}

// Tag reads the next tag, whatever its name; want is used in the error if there is none.
func (s *Scanner) Tag(want string) (t Element, err error) {
	if s.Pos >= len(s.Data) {
		return Element{}, s.Cut("before " + want)
	}
	start := s.Pos
	if s.Data[start] != '<' || s.Has("<![CDATA[") {
		return Element{}, s.Fail(start, "want %s, got text", want)
	}
	s.Pos++
	if s.Pos < len(s.Data) && s.Data[s.Pos] == '/' {
		t.End = true
		s.Pos++
	}
	from := s.Pos
	for s.Pos < len(s.Data) && isNameByte(s.Data[s.Pos]) {
		s.Pos++
	}
	t.Name = s.Data[from:s.Pos]
	if s.Pos < len(s.Data) && (len(t.Name) == 0 || !IsNameStart(t.Name[0])) {
		return Element{}, s.Fail(start, "< does not begin a tag")
	}
	t.Void, err = s.tagRest(start, t.End)
	return t, err
}

// tagRest reads the rest of the tag that began at start: its attributes, which are
// ignored, and its closing bracket.
func (s *Scanner) tagRest(start int, end bool) (void bool, err error) {
	for {
		before := s.Pos
		for s.Pos < len(s.Data) && IsSpace(s.Data[s.Pos]) {
			s.Pos++
		}
		switch {
		case s.Pos >= len(s.Data):
			return false, s.Cut("in a tag")
		case s.Data[s.Pos] == '>':
			s.Pos++
			return false, nil
		case !end && s.Data[s.Pos] == '/':
			if s.Pos+1 >= len(s.Data) {
				return false, s.Cut("in a tag")
			}
			if s.Data[s.Pos+1] != '>' {
				return false, s.Fail(start, "malformed tag")
			}
			s.Pos += 2
			return true, nil
		case end || s.Pos == before:
			return false, s.Fail(start, "malformed tag")
		}
		if err := s.attribute(start); err != nil {
			return false, err
		}
	}
}

// attribute skips one attribute of the tag that began at start.
func (s *Scanner) attribute(start int) error {
	from := s.Pos
	for s.Pos < len(s.Data) && isNameByte(s.Data[s.Pos]) {
		s.Pos++
	}
	named := s.Pos > from && IsNameStart(s.Data[from])
	for s.Pos < len(s.Data) && (IsSpace(s.Data[s.Pos]) || s.Data[s.Pos] == '=') {
		if s.Data[s.Pos] == '=' {
			s.Pos++
			break
		}
		s.Pos++
	}
	for s.Pos < len(s.Data) && IsSpace(s.Data[s.Pos]) {
		s.Pos++
	}
	if s.Pos >= len(s.Data) {
		return s.Cut("in a tag")
	}
	q := s.Data[s.Pos]
	if !named || q != '"' && q != '\'' {
		return s.Fail(start, "malformed tag")
	}
	n := bytes.IndexByte(s.Data[s.Pos+1:], q)
	if n < 0 {
		return s.Cut("in a tag")
	}
	if bytes.IndexByte(s.Data[s.Pos+1:s.Pos+1+n], '<') >= 0 {
		return s.Fail(start, "malformed tag")
	}
	s.Pos += n + 2
	return nil
}

// IsNameStart reports whether a byte may begin a name.
func IsNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == ':' || c >= 0x80
}

func isNameByte(c byte) bool {
	return IsNameStart(c) || '0' <= c && c <= '9' || c == '-' || c == '.'
}
