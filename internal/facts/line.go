package facts

import (
	"bytes"
	"strconv"
	"strings"
	"time"
)

// A line of a file is the origin of a fact, its time in microseconds, its rank, its kind
// and its subject, or the watermark:
//
//	s 1796040010500000 3 CLOSED task/5
//	r 1796040020500000 0 Tag tag/7/f44
//	w 1796040060000000
const (
	markStream     = 's' // told by a message, at this time of the hub's
	markCame       = 'm' // told by a message that came at this time and names none
	markReconciled = 'r' // told by the hub when it was asked
	markWatermark  = 'w'
)

// appendFact appends the line of a fact; names that do not fit into one are left out,
// and such a fact may be told again.
func appendFact(dst []byte, mark byte, micros int64, rank int, kind, subject string) []byte {
	if kind == "" || strings.ContainsAny(kind, " \n") || strings.Contains(subject, "\n") {
		return dst
	}
	dst = append(dst, mark, ' ')
	dst = strconv.AppendInt(dst, micros, 10)
	dst = append(dst, ' ')
	dst = strconv.AppendInt(dst, int64(rank), 10)
	dst = append(append(dst, ' '), kind...)
	dst = append(append(dst, ' '), subject...)
	return append(dst, '\n')
}

// appendWatermark appends the line of a watermark, if there is one.
func appendWatermark(dst []byte, at time.Time) []byte {
	if at.IsZero() {
		return dst
	}
	dst = append(dst, markWatermark, ' ')
	return append(strconv.AppendInt(dst, at.UnixMicro(), 10), '\n')
}

// apply takes in lines. Those that a power cut has left damaged say nothing.
func (m *Memory) apply(text []byte) {
	for line := range bytes.Lines(text) {
		if whole, ok := bytes.CutSuffix(line, []byte{'\n'}); ok {
			m.applyLine(whole)
		}
	}
}

func (m *Memory) applyLine(line []byte) {
	mark, rest, _ := bytes.Cut(line, []byte{' '})
	number, rest, _ := bytes.Cut(rest, []byte{' '})
	micros, err := strconv.ParseInt(string(number), 10, 64)
	if err != nil || len(mark) != 1 {
		return
	}
	at := time.UnixMicro(micros)
	if mark[0] == markWatermark {
		m.watermark = at
		if m.since.IsZero() {
			m.since = at
		}
		return
	}
	rank, rest, _ := bytes.Cut(rest, []byte{' '})
	kind, subject, ok := bytes.Cut(rest, []byte{' '})
	n, err := strconv.ParseInt(string(rank), 10, 8)
	if err != nil || !ok {
		return
	}
	if mark[0] == markStream && at.After(m.reached) {
		m.reached = at
	}
	m.entries[m.hash(string(subject))] = entry{micros, m.kindOf(kind), int8(n), mark[0] == markReconciled}
}

// kindOf returns a kind of which there is but one copy.
func (m *Memory) kindOf(text []byte) string {
	kind, ok := m.kinds[string(text)]
	if !ok && len(m.kinds) < 100 {
		kind = string(text)
		m.kinds[kind] = kind
	}
	if kind == "" {
		return string(text)
	}
	return kind
}
