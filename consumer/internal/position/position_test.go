package position

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func noWaiting() {}

// TestPositionAgainstModel: whatever has no verdict is read again, and nothing else is
// handed on, over sessions and restarts.
func TestPositionAgainstModel(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(t *rapid.T) {
		n++
		path := filepath.Join(dir, strings.Repeat("x", n%7+1), "sink.json")
		_ = os.RemoveAll(filepath.Dir(path))
		p := New(path, "koji", 0)
		if err := p.Acquire(t.Context(), noWaiting); err != nil {
			t.Fatal(err)
		}
		p.StartAt(0)
		settled, inHand, read := map[uint64]bool{}, []uint64{}, uint64(0)
		attach := func() {
			inHand = inHand[:0]
			read, _ = p.Start()
		}
		t.Repeat(map[string]func(*rapid.T){
			"read": func(t *rapid.T) {
				is, missed := p.Take(read)
				if missed > 0 || (is == Settled) != settled[read] || is == Beyond {
					t.Fatalf("offset %d is %d, %d missed; settled: %t", read, is, missed, settled[read])
				}
				if is == Pending {
					inHand = append(inHand, read)
				}
				read++
			},
			"settle": func(t *rapid.T) {
				if len(inHand) == 0 {
					t.Skip("nothing is in hand")
				}
				i := rapid.IntRange(0, len(inHand)-1).Draw(t, "which")
				p.Settle(inHand[i])
				settled[inHand[i]] = true
				inHand = slices.Delete(inHand, i, i+1)
			},
			"another session": func(*rapid.T) { attach() },
			"another process": func(t *rapid.T) {
				if err := p.Release(); err != nil {
					t.Fatal(err)
				}
				p = New(path, "koji", 0)
				if err := p.Acquire(t.Context(), noWaiting); err != nil {
					t.Fatal(err)
				}
				attach()
			},
			"": func(t *rapid.T) {
				start, known := p.Start()
				for offset := range start {
					if !settled[offset] {
						t.Fatalf("reading goes on at %d, but %d has no verdict", start, offset)
					}
				}
				if !known || settled[start] {
					t.Fatalf("known %t; reading goes on at %d, which has its verdict", known, start)
				}
			},
		})
		if err := p.Release(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestMissed(t *testing.T) {
	p := New("", "koji", 0)
	p.StartAt(5)
	if _, missed := p.Take(9); missed != 0 {
		t.Errorf("%d missed before the first that was ever read", missed)
	}
	_, _ = p.Take(10)
	p.Settle(9)
	if missed := p.Begin(20); missed != 1 {
		t.Errorf("%d of those that were pending are gone, want 1", missed)
	}
	if is, missed := p.Take(20); is != Pending || missed != 9 {
		t.Errorf("got %d, %d missed, want 9", is, missed)
	}
	p.Settle(20)
	if _, missed := p.Take(22); missed != 0 {
		t.Errorf("%d missed where the broker used an offset for itself", missed)
	}
	p.Settle(22)
	if _, missed := p.Take(25); missed != 2 {
		t.Errorf("%d missed, want 2", missed)
	}
	if start, _ := p.Start(); start != 25 {
		t.Errorf("reading goes on at %d, want 25", start)
	}
}

func TestEnd(t *testing.T) {
	ended := func(p *Position) bool {
		select {
		case <-p.Ended():
			return true
		default:
			return false
		}
	}
	for name, test := range map[string]struct {
		do   func(p *Position)
		want bool
	}{
		"nothing to read":             {func(p *Position) { p.StartAt(3) }, true},
		"not read":                    {func(p *Position) { p.StartAt(2) }, false},
		"in hand":                     {func(p *Position) { p.StartAt(2); p.Take(2) }, false},
		"settled":                     {func(p *Position) { p.StartAt(2); p.Take(2); p.Settle(2) }, true},
		"one of two settled":          {func(p *Position) { p.StartAt(1); p.Take(1); p.Take(2); p.Settle(2) }, false},
		"the last offset has nothing": {func(p *Position) { p.StartAt(1); p.Take(1); p.Settle(1); p.Take(3) }, true},
		"beyond while one is in hand": {func(p *Position) { p.StartAt(1); p.Take(1); p.Take(3) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			p := New("", "koji", 3)
			test.do(p)
			if got := ended(p); got != test.want {
				t.Errorf("ended: %t, want %t", got, test.want)
			}
		})
	}
	p := New("", "koji", 3)
	p.StartAt(3)
	if is, _ := p.Take(3); is != Beyond {
		t.Errorf("offset 3 is %d", is)
	}
}

// TestOneProcessReads: a position that is in use is waited for, and what was kept by then
// counts.
func TestOneProcessReads(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sink.json")
	one, other := New(path, "koji", 0), New(path, "koji", 0)
	if err := one.Acquire(t.Context(), noWaiting); err != nil {
		t.Fatal(err)
	}
	one.StartAt(7)
	waiting, got := make(chan struct{}), make(chan error)
	go func() { got <- other.Acquire(t.Context(), func() { close(waiting) }) }()
	<-waiting
	if err := one.Release(); err != nil {
		t.Fatal(err)
	}
	if err := <-got; err != nil {
		t.Fatal(err)
	}
	if at, known := other.Start(); at != 7 || !known {
		t.Errorf("goes on at %d, known: %t", at, known)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := one.Acquire(ctx, noWaiting); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("the error is %v", err)
	}
	if err := other.Release(); err != nil {
		t.Error(err)
	}
}

// TestPositionThatCannotBeWritten is not forgotten by the process that has it.
func TestPositionThatCannotBeWritten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sink.json")
	if err := os.WriteFile(path, []byte(`{"stream":"koji","next":5}`), 0o600); err != nil {
		t.Fatal(err)
	}
	p := New(path, "koji", 0)
	if err := p.Acquire(t.Context(), noWaiting); err != nil {
		t.Fatal(err)
	}
	p.Take(5)
	p.Settle(5)
	p.path = filepath.Join(path, "below-a-file")
	if p.Release() == nil {
		t.Fatal("it was written below a file")
	}
	p.path = path
	if err := p.Acquire(t.Context(), noWaiting); err != nil {
		t.Fatal(err)
	}
	if at, _ := p.Start(); at != 6 {
		t.Errorf("reading goes on at %d, want 6", at)
	}
	if err := p.Release(); err != nil {
		t.Error(err)
	}
}

func TestKeptPosition(t *testing.T) {
	for name, test := range map[string]struct {
		text  string // "": there is no file
		start uint64
		known bool
		fails bool
	}{
		"none":               {"", 0, false, false},
		"nothing pending":    {`{"stream":"koji","next":12}`, 12, true, false},
		"some pending":       {`{"stream":"koji","next":12,"pending":[4,9]}`, 4, true, false},
		"pending not read":   {`{"stream":"koji","next":12,"pending":[40]}`, 12, true, false},
		"of another stream":  {`{"stream":"brew","next":12}`, 0, false, false},
		"damaged":            {`{"stream":"koji","ne`, 0, false, true},
		"a negative offset":  {`{"stream":"koji","next":-1}`, 0, false, true},
		"longer than it may": {`{"stream":"koji","pending":[` + strings.Repeat("1,", maxFile/2), 0, false, true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "sink.json")
			if test.text != "" {
				if err := os.WriteFile(path, []byte(test.text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			p := New(path, "koji", 0)
			if err := p.Acquire(t.Context(), noWaiting); (err != nil) != test.fails {
				t.Fatalf("the error is %v", err)
			}
			if start, known := p.Start(); start != test.start || known != test.known {
				t.Errorf("reading begins at %d, known: %t", start, known)
			}
			if err := p.Release(); err != nil {
				t.Error(err)
			}
		})
	}
}
