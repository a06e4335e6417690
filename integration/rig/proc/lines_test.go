package proc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"
)

func TestLinesWaitForWhatComesInPieces(t *testing.T) {
	var l Lines
	go func() {
		for _, part := range []string{"one\ntw", "o\nthr", "ee\n"} {
			_, _ = io.WriteString(&l, part)
		}
	}()
	got, err := l.WaitFor(soon(t), nil, regexp.MustCompile("^th"))
	if err != nil || got != "three" {
		t.Fatalf("got %q, %v; want the third line", got, err)
	}
	if got, err := l.WaitFor(soon(t), nil, regexp.MustCompile("^tw")); err != nil || got != "two" {
		t.Errorf("got %q, %v; want a line from before", got, err)
	}
}

func TestLinesNeverComing(t *testing.T) {
	var l Lines
	_, _ = io.WriteString(&l, "not ended")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.WaitFor(ctx, nil, regexp.MustCompile("not ended")); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if l.String() != "not ended" {
		t.Errorf("kept %q", l.String())
	}
}

func TestLinesOfAProcessThatEnded(t *testing.T) {
	c, lines := sh(t, "echo last words")
	if _, err := lines.WaitFor(soon(t), c.Done(), regexp.MustCompile("never said")); !errors.Is(err, errOver) {
		t.Errorf("got %v, want that the process has ended", err)
	}
	if _, err := lines.WaitFor(soon(t), c.Done(), regexp.MustCompile("last words")); err != nil {
		t.Error(err)
	}
}

func TestLinesAreBounded(t *testing.T) {
	var l Lines
	for i := range maxLines + 10 {
		_, _ = fmt.Fprintf(&l, "line %d\n", i)
	}
	tail := l.Tail(maxLines + 100)
	if len(tail) != maxLines || tail[0] != "line 10" {
		t.Errorf("kept %d lines from %q on, want %d from line 10", len(tail), tail[0], maxLines)
	}
	_, _ = io.WriteString(&l, strings.Repeat("x", 3*maxLine))
	if n := len(l.partial); n >= maxLine {
		t.Errorf("kept %d bytes of a line without end, want less than %d", n, maxLine)
	}
}
