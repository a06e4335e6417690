// Package scan reads the tags of an XML-RPC document and the text between them. It
// supports only those parts of XML that XML-RPC needs.
package scan

import (
	"bytes"
	"fmt"
)

// Scanner reads the tags of a document and the text between them. It skips attributes.
//
// The first error is kept in Err: all methods called afterwards return it.
type Scanner struct {
	Data   []byte
	Pos    int
	buf    []byte // text that differs from the document's bytes; reused
	XMLRPC bool   // the document is known to be XML-RPC: errors must not quote its text
	Err    error

	Report func(Failure) error // makes the error of a failure
}

// Failure describes an error in a document.
type Failure struct {
	Msg          string
	Offset, Size int
	Begin        string // the document's beginning
	Cut          bool   // the document ends too early
}

// Fail records and returns an error at a byte.
func (s *Scanner) Fail(at int, format string, args ...any) error {
	return s.failed(Failure{Msg: fmt.Sprintf(format, args...), Offset: at})
}

// Cut records and returns the error of a truncated document.
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

// Space skips white space and comments.
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

// comment skips a comment. Other markup is an error.
func (s *Scanner) comment() error {
	start := s.Pos
	switch {
	case s.Has("<!--"):
	case s.Has("<!DOCTYPE"), s.Has("<!doctype"):
		return s.Fail(start, "a document type declaration is not allowed in XML-RPC")
	case s.Has("<?"):
		return s.Fail(start, "a processing instruction is not allowed in XML-RPC")
	case len(s.Data)-start < len("<!DOCTYPE"):
		return s.Cut("in markup")
	default:
		return s.Fail(start, "this markup is not allowed in XML-RPC")
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

// Open reads the start tag of an element. void reports whether the tag is an empty
// element (<name/>).
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

// AtEnd reports whether the next tag is an end tag.
func (s *Scanner) AtEnd() (bool, error) {
	err := s.Space()
	return err == nil && s.Pos+1 < len(s.Data) && s.Data[s.Pos] == '<' && s.Data[s.Pos+1] == '/', err
}
