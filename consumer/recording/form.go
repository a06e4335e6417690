package recording

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// peeked is the number of bytes that the reader examines to detect the form of its input.
const peeked = 512

// begin detects the form of the input: lines or a list, compressed or not.
func (r *Reader) begin() error {
	if r.begun {
		return nil
	}
	r.begun = true
	start, err := r.in.Peek(2)
	if string(start) == "\x1f\x8b" {
		plain, err := gzip.NewReader(r.in)
		if err != nil {
			return fmt.Errorf("decompress: %w", err)
		}
		r.in = bufio.NewReaderSize(plain, bufferSize)
	} else if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	start, _ = r.in.Peek(peeked)
	text := bytes.TrimPrefix(start, []byte("\ufeff"))
	before := len(start) - len(bytes.TrimLeft(text, " \t\r\n"))
	if before < len(start) && start[before] == '[' {
		r.list = true
		r.skip(before + 1)
	} else {
		r.skip(len(start) - len(text))
	}
	return nil
}

// skip passes over bytes that were peeked at.
func (r *Reader) skip(n int) {
	skipped, _ := r.in.Peek(n)
	r.ends += bytes.Count(skipped, []byte("\n"))
	n, _ = r.in.Discard(n)
	r.end += int64(n)
}

// nextElement returns the next element of a list, as nextLine returns lines.
func (r *Reader) nextElement() ([]byte, error) {
	r.long = r.long[:0]
	var at position
	for !r.ended {
		c, err := r.in.ReadByte()
		switch {
		case errors.Is(err, io.EOF):
			r.ended = true
			if len(r.long) > 0 {
				return r.long, nil
			}
			return nil, &LineError{r.ends + 1, errors.New("the list does not end")}
		case err != nil:
			return nil, err
		}
		r.end++
		if c == '\n' {
			r.ends++
		}
		if r.ended = at.outside() && c == ']'; r.ended || at.outside() && c == ',' {
			if len(r.long) > r.max {
				return nil, &LineError{r.line, fmt.Errorf("longer than %d bytes", r.max)}
			}
			if len(r.long) > 0 {
				return r.long, nil
			}
			continue
		}
		if len(r.long) == 0 {
			if bytes.IndexByte([]byte(" \t\r\n"), c) >= 0 {
				continue
			}
			r.line, r.at = r.ends+1, r.end-1
		}
		at.pass(c)
		if len(r.long) <= r.max {
			r.long = append(r.long, c)
		}
	}
	return nil, io.EOF
}

// position tracks the nesting of a byte in a JSON value.
type position struct {
	depth         int
	text, escaped bool
}

// outside reports whether nothing is open.
func (p *position) outside() bool { return p.depth == 0 && !p.text }

// pass updates the position for the next byte of the value.
func (p *position) pass(c byte) {
	switch {
	case p.escaped:
		p.escaped = false
	case p.text:
		p.escaped, p.text = c == '\\', c != '"'
	case c == '"':
		p.text = true
	case c == '[' || c == '{':
		p.depth++
	case c == ']' || c == '}':
		p.depth--
	}
}
