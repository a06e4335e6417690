// Package scan reads the tags of an XML-RPC document and the text between them. It
// knows XML only as far as XML-RPC needs it.
package scan

import (
	"bytes"
	"fmt"
)

// Scanner walks over the tags of one document; text.go has the text between
// them. Attributes are passed over.
//
// The first error stays in Err: whatever is asked afterwards fails with it.
type Scanner struct {
	Data   []byte
	Pos    int
	buf    []byte // text that differs from the document's bytes; used again and again
	XMLRPC bool   // the document is known to be XML-RPC: text in it is nobody else's business
	Err    error

	Report func(Failure) error // makes the error of a failure
}

// Failure says what is wrong with a document.
type Failure struct {
	Msg          string
	Offset, Size int
	Begin        string // the document's beginning
	Cut          bool   // the document ends too early
}

// Fail reports what is wrong at a byte.
func (s *Scanner) Fail(at int, format string, args ...any) error {
	return s.failed(Failure{Msg: fmt.Sprintf(format, args...), Offset: at})
}

// Cut reports that the document ends where something was still to come.
func (s *Scanner) Cut(where string) error {
	return s.failed(Failure{Msg: "cut short " + where, Offset: len(s.Data), Cut: true})
}

func (s *Scanner) failed(f Failure) error {
	if s.Err == nil {
		f.Size, f.Begin = len(s.Data), beginning(s.Data, s.XMLRPC)
		s.Err = s.Report(f)
	}
	return s.Err
}

// IsSpace reports whether a byte is white space in XML.
func IsSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' }

// Space passes over white space and comments.
func (s *Scanner) Space() error {
	for s.Pos < len(s.Data) {
		c := s.Data[s.Pos]
		switch {
		case IsSpace(c):
			s.Pos++
		case c == '<' && s.Pos+1 < len(s.Data) && (s.Data[s.Pos+1] == '!' || s.Data[s.Pos+1] == '?'):
			if s.Has("<![CDATA[") {
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

// Has reports whether the rest of the document begins with prefix.
func (s *Scanner) Has(prefix string) bool {
	return bytes.HasPrefix(s.Data[s.Pos:], []byte(prefix))
}

// comment passes over a comment and refuses all other markup.
func (s *Scanner) comment() error {
	start := s.Pos
	switch {
	case s.Has("<!--"):
	case s.Has("<!DOCTYPE"), s.Has("<!doctype"):
		return s.Fail(start, "a document type declaration has no place in XML-RPC")
	case s.Has("<?"):
		return s.Fail(start, "a processing instruction has no place in XML-RPC")
	case len(s.Data)-start < len("<!DOCTYPE"):
		return s.Cut("in markup")
	default:
		return s.Fail(start, "markup that has no place in XML-RPC")
	}
	body := s.Data[start+len("<!--"):]
	n := bytes.Index(body, []byte("--"))
	if n < 0 || n+2 >= len(body) {
		return s.Cut("in a comment")
	}
	if body[n+2] != '>' {
		return s.Fail(start+len("<!--")+n, "-- inside a comment")
	}
	s.Pos = start + len("<!--") + n + len("-->")
	return nil
}

// Open reads the start tag of an element. void: it is empty and closed by the
// same tag.
func (s *Scanner) Open(name string) (void bool, err error) {
	if err := s.Space(); err != nil {
		return false, err
	}
	if end := s.Pos + 1 + len(name); end < len(s.Data) && s.Data[s.Pos] == '<' &&
		s.Data[end] == '>' && string(s.Data[s.Pos+1:end]) == name {
		s.Pos = end + 1
		return false, nil
	}
	start := s.Pos
	t, err := s.Tag("<" + name + ">")
	if err != nil {
		return false, err
	}
	if t.End || string(t.Name) != name {
		return false, s.Fail(start, "want <%s>, got %s", name, t)
	}
	return t.Void, nil
}

// Close reads the end tag of an element.
func (s *Scanner) Close(name string) error {
	if err := s.Space(); err != nil {
		return err
	}
	if end := s.Pos + 2 + len(name); end < len(s.Data) && s.Data[s.Pos] == '<' &&
		s.Data[s.Pos+1] == '/' && s.Data[end] == '>' && string(s.Data[s.Pos+2:end]) == name {
		s.Pos = end + 1
		return nil
	}
	start := s.Pos
	t, err := s.Tag("</" + name + ">")
	if err != nil {
		return err
	}
	if !t.End || string(t.Name) != name {
		return s.Fail(start, "want </%s>, got %s", name, t)
	}
	return nil
}

// AtEnd says whether the next tag is an end tag.
func (s *Scanner) AtEnd() (bool, error) {
	err := s.Space()
	return err == nil && s.Pos+1 < len(s.Data) && s.Data[s.Pos] == '<' && s.Data[s.Pos+1] == '/', err
}
