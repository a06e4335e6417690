package xmlrpc

import (
	"bytes"
	"fmt"
)

// scanner walks over the tags of one document; text.go has the text between
// them. It knows XML only as far as XML-RPC needs it. Attributes are read over.
//
// The first error stays in err: whatever is asked afterwards fails with it.
type scanner struct {
	data []byte
	pos  int
	buf  []byte // text that differs from the document's bytes; used again and again
	rpc  bool   // the document is known to be XML-RPC: text in it is nobody else's business
	err  error
}

func (s *scanner) fail(at int, format string, args ...any) error {
	if s.err == nil {
		s.err = &SyntaxError{
			Msg:    fmt.Sprintf(format, args...),
			Offset: at,
			Size:   len(s.data),
			Begin:  beginning(s.data, s.rpc),
		}
	}
	return s.err
}

// cut says that the document ends where something was still to come.
func (s *scanner) cut(where string) error {
	if s.err == nil {
		s.err = &SyntaxError{
			Msg:    "cut short " + where,
			Offset: len(s.data),
			Size:   len(s.data),
			Begin:  beginning(s.data, s.rpc),
			cut:    true,
		}
	}
	return s.err
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// space passes over white space and comments.
func (s *scanner) space() error {
	for s.pos < len(s.data) {
		c := s.data[s.pos]
		switch {
		case isSpace(c):
			s.pos++
		case c == '<' && s.pos+1 < len(s.data) && (s.data[s.pos+1] == '!' || s.data[s.pos+1] == '?'):
			if s.has("<![CDATA[") {
				return nil
			}
			if err := s.comment(); err != nil {
				return err
			}
		default:
			return nil
		}
	}
	return nil
}

func (s *scanner) has(prefix string) bool {
	return bytes.HasPrefix(s.data[s.pos:], []byte(prefix))
}

// comment passes over a comment and refuses all other markup.
func (s *scanner) comment() error {
	start := s.pos
	switch {
	case s.has("<!--"):
	case s.has("<!DOCTYPE"), s.has("<!doctype"):
		return s.fail(start, "a document type declaration has no place in XML-RPC")
	case s.has("<?"):
		return s.fail(start, "a processing instruction has no place in XML-RPC")
	case len(s.data)-start < len("<!DOCTYPE"):
		return s.cut("in markup")
	default:
		return s.fail(start, "markup that has no place in XML-RPC")
	}
	body := s.data[start+len("<!--"):]
	n := bytes.Index(body, []byte("--"))
	if n < 0 || n+2 >= len(body) {
		return s.cut("in a comment")
	}
	if body[n+2] != '>' {
		return s.fail(start+len("<!--")+n, "-- inside a comment")
	}
	s.pos = start + len("<!--") + n + len("-->")
	return nil
}

// open reads the start tag of an element. void: it is empty and closed by the
// same tag.
func (s *scanner) open(name string) (void bool, err error) {
	if err := s.space(); err != nil {
		return false, err
	}
	if end := s.pos + 1 + len(name); end < len(s.data) && s.data[s.pos] == '<' &&
		s.data[end] == '>' && string(s.data[s.pos+1:end]) == name {
		s.pos = end + 1
		return false, nil
	}
	start := s.pos
	t, err := s.tag("<" + name + ">")
	if err != nil {
		return false, err
	}
	if t.end || string(t.name) != name {
		return false, s.fail(start, "want <%s>, got %s", name, t)
	}
	return t.void, nil
}

// close reads the end tag of an element.
func (s *scanner) close(name string) error {
	if err := s.space(); err != nil {
		return err
	}
	if end := s.pos + 2 + len(name); end < len(s.data) && s.data[s.pos] == '<' &&
		s.data[s.pos+1] == '/' && s.data[end] == '>' && string(s.data[s.pos+2:end]) == name {
		s.pos = end + 1
		return nil
	}
	start := s.pos
	t, err := s.tag("</" + name + ">")
	if err != nil {
		return err
	}
	if !t.end || string(t.name) != name {
		return s.fail(start, "want </%s>, got %s", name, t)
	}
	return nil
}

// atEnd says whether the next tag is an end tag.
func (s *scanner) atEnd() (bool, error) {
	err := s.space()
	return err == nil && s.pos+1 < len(s.data) && s.data[s.pos] == '<' && s.data[s.pos+1] == '/', err
}
