package proc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// These limits bound the memory for the output of a process.
const (
	maxLines = 20_000
	maxLine  = 1 << 20 // bytes; a longer line is split
)

// Lines keeps the last lines that a process wrote, and can wait for a line. It is an
// io.Writer for exec.Cmd. The zero value is ready to use.
type Lines struct {
	mu      sync.Mutex
	lines   []string
	dropped int    // number of lines dropped, so that readers keep their position
	partial []byte // the text after the last newline
	grown   chan struct{}
}

// Write appends p to the output. It never fails.
func (l *Lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rest := slices.Concat(l.partial, p)
	for {
		line, after, found := bytes.Cut(rest, []byte("\n"))
		if !found && len(rest) < maxLine {
			break
		}
		l.lines = append(l.lines, string(line))
		rest = after
	}
	l.partial = rest
	if over := len(l.lines) - maxLines; over > 0 {
		l.lines = slices.Clone(l.lines[over:])
		l.dropped += over
	}
	if l.grown != nil {
		close(l.grown)
		l.grown = nil
	}
	return len(p), nil
}

// String returns the kept output, including an incomplete last line.
func (l *Lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(slices.Concat(l.lines, []string{string(l.partial)}), "\n")
}

// Tail returns the last n complete lines.
func (l *Lines) Tail(n int) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines[max(0, len(l.lines)-n):])
}

// WaitFor returns the first line that matches, including lines written before the call.
// If there is none, it waits for one until ctx ends or over is closed, such as
// [Child.Done]. over may be nil.
func (l *Lines) WaitFor(ctx context.Context, over <-chan struct{}, pattern *regexp.Regexp) (string, error) {
	next := 0
	var failure error
	for {
		line, found, grown := l.find(&next, pattern)
		if found {
			return line, nil
		}
		if failure != nil {
			return "", fmt.Errorf("wait for a line like %q: %w", pattern, failure)
		}
		select {
		case <-grown:
		case <-over: // check the last lines once more
			failure = errOver
		case <-ctx.Done():
			failure = ctx.Err()
		}
	}
}

var errOver = errors.New("the process has ended")

// find searches the lines from number next on and advances next. The returned channel is
// closed by the next Write.
func (l *Lines) find(next *int, pattern *regexp.Regexp) (string, bool, <-chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, line := range l.lines[min(max(0, *next-l.dropped), len(l.lines)):] {
		if pattern.MatchString(line) {
			return line, true, nil
		}
	}
	*next = l.dropped + len(l.lines)
	if l.grown == nil {
		l.grown = make(chan struct{})
	}
	return "", false, l.grown
}
