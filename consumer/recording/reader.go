package recording

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// MaxLine is the longest line that is read, in bytes.
const MaxLine = 64 << 20

// LineError reports that one line is invalid.
type LineError struct {
	// Line counts from 1.
	Line int
	// Err is the reason.
	Err error
}

// Error names the line.
func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap returns Err.
func (e *LineError) Unwrap() error { return e.Err }

// Removed is the first byte of the line of a dead letter that was taken out. Writing a single
// byte is atomic.
const Removed = '#'

// Reader reads a recording line by line. It skips empty lines and those of removed dead
// letters. The input may also be a JSON array of the objects, begin with a byte order mark,
// and be compressed with gzip.
type Reader struct {
	in   *bufio.Reader
	max  int
	line int
	at   int64  // where the line begins that next returned last
	end  int64  // and where the one behind it does
	long []byte // a line that is longer than the buffer of in
	text []byte // what next returned last

	begun, ended bool
	list         bool // of JSON, not lines
	ends         int  // of lines in a list
}

const bufferSize = 64 << 10

// NewReader reads from r, which stays the caller's to close.
func NewReader(r io.Reader) *Reader {
	return &Reader{in: bufio.NewReaderSize(r, bufferSize), max: MaxLine}
}

// Offset returns the offset of the line that Next returned last, in bytes.
func (r *Reader) Offset() int64 { return r.at }

// Line returns the number of the line that Next returned last, from 1.
func (r *Reader) Line() int { return r.line }

// Text returns the line that Next read last, valid or not. The slice is valid until the next
// call of Next.
func (r *Reader) Text() []byte { return r.text }

// Next returns the next delivery, and io.EOF at the end. After a *LineError the next call
// continues with the next line.
func (r *Reader) Next() (*message.Delivery, error) {
	letter, err := r.NextDead()
	return letter.Delivery, err
}

// NextDead returns the next dead letter, as Next does deliveries.
func (r *Reader) NextDead() (message.DeadLetter, error) {
	for {
		line, err := r.next()
		if r.text = line; err != nil {
			return message.DeadLetter{}, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 || line[0] == Removed {
			continue
		}
		letter, err := ParseDead(line)
		if err != nil {
			return message.DeadLetter{}, &LineError{r.line, err}
		}
		return letter, nil
	}
}

// next returns the next line or element, which is valid until the next call.
func (r *Reader) next() ([]byte, error) {
	if err := r.begin(); err != nil {
		return nil, err
	}
	if r.list {
		return r.nextElement()
	}
	return r.nextLine()
}

func (r *Reader) nextLine() ([]byte, error) {
	r.line++
	r.at = r.end
	r.long = r.long[:0]
	tooLong := false
	for {
		part, err := r.in.ReadSlice('\n')
		r.end += int64(len(part))
		if tooLong = tooLong || len(r.long)+len(part) > r.max; tooLong {
			r.long = r.long[:0]
		} else if len(r.long) > 0 || err != nil {
			r.long = append(r.long, part...)
			part = r.long
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case tooLong:
			return nil, &LineError{r.line, fmt.Errorf("longer than %d bytes", r.max)}
		case err == nil, errors.Is(err, io.EOF) && len(part) > 0:
			return part, nil
		}
		return nil, err
	}
}
