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

// A process that logs without end must not take the tests' memory.
const (
	maxLines = 20_000
	maxLine  = 1 << 20 // bytes; a longer line is broken
)

// Lines keeps the last lines that a process wrote and lets others wait for one.
// It is an io.Writer for exec.Cmd; the zero value is ready for use.
type Lines struct {
	mu      sync.Mutex
	lines   []string
	dropped int    // how many lines were let go, so that a reader keeps its place
	partial []byte // what came after the last newline
	grown   chan struct{}
}

// Write takes the next part of the output. It never fails.
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

// String is all that is kept, with a last line that is not ended yet.
func (l *Lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Join(slices.Concat(l.lines, []string{string(l.partial)}), "\n")
}

// Tail is the last n whole lines.
func (l *Lines) Tail(n int) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.lines[max(0, len(l.lines)-n):])
}

// WaitFor gives the first line that matches, waiting for it if it is not there
// yet. Lines from before the call count. No more are awaited once over is
// closed, as a process does when it has ended; it may be nil.
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
		case <-over: // what it wrote at the end may not have been looked at
			failure = errOver
		case <-ctx.Done():
			failure = ctx.Err()
		}
	}
}

var errOver = errors.New("the process has ended")

// find looks at the lines from the next-th on and moves next behind them. The
// channel is closed at the next Write.
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
