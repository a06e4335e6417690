package message

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// DeadLetter is a delivery with the reason why it can never succeed.
type DeadLetter struct {
	*Delivery
	// Sink is the name of the sink that could not accept it; "" if unknown.
	Sink string
	// Reason is a short word, such as "unparseable".
	Reason string
	// Error describes the failure: at most 1 KiB of valid UTF-8 on one line.
	Error string
	// Time is when the delivery became a dead letter, in UTC.
	Time time.Time
	// Attempts is the number of failed attempts; 0 if there were none.
	Attempts int
	// First and Last are when the first and the last attempt failed, in UTC; zero without any.
	First, Last time.Time
}

// Maximum lengths of the texts of a dead letter, in bytes.
const (
	MaxSink   = 64
	MaxReason = 64
	MaxError  = 1024
)

// PlainText makes untrusted text safe for a header, a log and a terminal: valid UTF-8 on one
// line, without control characters, at most limit bytes.
func PlainText(s string, limit int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r):
			return utf8.RuneError
		}
		return r
	}, s[:min(len(s), limit)])
	for len(s) > limit {
		_, size := utf8.DecodeLastRuneInString(s)
		s = s[:len(s)-size]
	}
	return s
}
