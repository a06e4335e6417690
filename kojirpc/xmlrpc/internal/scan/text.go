package scan

import (
	"bytes"
	"unicode/utf8"
)

// Text reads character data up to the next tag. The result is part of the document, or
// of s.buf if characters had to be changed, and is valid until the next call.
func (s *Scanner) Text() ([]byte, error) {
	start := s.Pos
	data := s.Data
	for i := start; i < len(data); i++ {
		c := data[i]
		if c == '<' {
			if i+1 < len(data) && (data[i+1] == '!' || data[i+1] == '?') {
				return s.rewrite(start, i)
			}
			s.Pos = i
			return data[start:i], nil
		}
		if c == '&' || c >= utf8.RuneSelf || c < ' ' && c != '\n' && c != '\t' {
			return s.rewrite(start, i)
		}
	}
	return nil, s.Cut("in text")
}

// rewrite continues Text at byte i, the first that cannot be taken unchanged.
func (s *Scanner) rewrite(start, i int) ([]byte, error) {
	s.buf = append(s.buf[:0], s.Data[start:i]...)
	s.Pos = i
	for s.Pos < len(s.Data) {
		var err error
		switch s.Data[s.Pos] {
		case '&':
			err = s.reference()
		case '<':
			switch {
			case s.Has("<![CDATA["):
				err = s.cdata()
			case s.Pos+1 < len(s.Data) && (s.Data[s.Pos+1] == '!' || s.Data[s.Pos+1] == '?'):
				err = s.comment()
			default:
				return s.buf, nil
			}
		default:
			s.char()
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, s.Cut("in text")
}

// char reads one character.
func (s *Scanner) char() {
	switch c := s.Data[s.Pos]; {
	case c == '\r': // CR and CRLF become LF
		s.Pos++
		if s.Pos >= len(s.Data) || s.Data[s.Pos] != '\n' {
			s.buf = append(s.buf, '\n')
		}
	case c < utf8.RuneSelf:
		s.Pos++
		s.putRune(rune(c))
	default:
		r, size := utf8.DecodeRune(s.Data[s.Pos:])
		s.Pos += size
		s.putRune(r)
	}
}

// putRune adds a character, or U+FFFD if XML does not allow the character.
func (s *Scanner) putRune(r rune) {
	if !IsChar(r) {
		r = utf8.RuneError
	}
	s.buf = utf8.AppendRune(s.buf, r)
}

// IsChar reports whether XML 1.0 allows a character (production Char).
func IsChar(r rune) bool {
	return r == '\t' || r == '\n' || r == '\r' ||
		r >= ' ' && r < 0xd800 || r > 0xdfff && r < 0xfffe || r > 0xffff && r <= utf8.MaxRune
}

// cdata reads a CDATA section.
func (s *Scanner) cdata() error {
	s.Pos += len("<![CDATA[")
	n := bytes.Index(s.Data[s.Pos:], []byte("]]>"))
	if n < 0 {
		return s.Cut("in a CDATA section")
	}
	for end := s.Pos + n; s.Pos < end; {
		s.char()
	}
	s.Pos += len("]]>")
	return nil
}

// reference reads a character reference or one of XML's five entities.
func (s *Scanner) reference() error {
	start := s.Pos
	rest := s.Data[start+1:]
	n := bytes.IndexByte(rest, ';')
	if n < 0 {
		if bytes.IndexByte(rest, '<') < 0 {
			return s.Cut("in a reference")
		}
		return s.Fail(start, "& does not begin a reference")
	}
	name := rest[:n]
	var r rune
	ok := true
	switch string(name) {
	case "amp":
		r = '&'
	case "lt":
		r = '<'
	case "gt":
		r = '>'
	case "quot":
		r = '"'
	case "apos":
		r = '\''
	default:
		r, ok = charReference(name)
	}
	if !ok {
		return s.Fail(start, "unknown reference &%s;", clean(name))
	}
	s.Pos = start + n + 2
	s.putRune(r)
	return nil
}

// charReference parses #27 or #x1b. A number beyond Unicode becomes U+FFFD.
func charReference(name []byte) (r rune, ok bool) {
	if len(name) < 2 || name[0] != '#' {
		return 0, false
	}
	digits, base := name[1:], rune(10)
	if digits[0] == 'x' {
		digits, base = digits[1:], 16
	}
	for _, c := range digits {
		var d rune
		switch {
		case '0' <= c && c <= '9':
			d = rune(c - '0')
		case base == 16 && 'a' <= c && c <= 'f':
			d = rune(c-'a') + 10
		case base == 16 && 'A' <= c && c <= 'F':
			d = rune(c-'A') + 10
		default:
			return 0, false
		}
		r = min(r*base+d, utf8.MaxRune+1)
	}
	return r, len(digits) > 0
}
