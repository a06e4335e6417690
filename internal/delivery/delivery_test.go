package delivery

import (
	"errors"
	"fmt"
	"testing"
	"time"
)

// answer is an error type with all the methods of the protocol.
type answer struct {
	wait   time.Duration
	outage bool
}

func (answer) Error() string               { return "503" }
func (a answer) RetryAfter() time.Duration { return a.wait }
func (a answer) Outage() bool              { return a.outage }

func TestProperties(t *testing.T) {
	plain := errors.New("no")
	for name, tt := range map[string]struct {
		err    error
		reason string
		refuse bool
		outage bool
		after  time.Duration
	}{
		"nil":                      {},
		"any error":                {err: plain},
		"refused":                  {err: Refuse("too large", plain), reason: "too large", refuse: true},
		"refused without a reason": {err: Refuse("", plain), refuse: true},
		"refused, wrapped":         {err: fmt.Errorf("send: %w", Refuse("gone", plain)), reason: "gone", refuse: true},
		"outage":                   {err: Outage(plain), outage: true},
		"outage, wrapped":          {err: fmt.Errorf("send: %w", Outage(plain)), outage: true},
		"own type with a wait":     {err: answer{wait: time.Minute}, after: time.Minute},
		"own type that is outage":  {err: fmt.Errorf("send: %w", answer{outage: true}), outage: true},
	} {
		t.Run(name, func(t *testing.T) {
			if reason, ok := Reason(tt.err); reason != tt.reason || ok != tt.refuse {
				t.Errorf("Reason is %q, %v", reason, ok)
			}
			if got := IsOutage(tt.err); got != tt.outage {
				t.Errorf("IsOutage is %v", got)
			}
			if got := RetryAfter(tt.err); got != tt.after {
				t.Errorf("RetryAfter is %v", got)
			}
			if tt.refuse && !errors.Is(tt.err, plain) {
				t.Error("the cause is lost")
			}
		})
	}
}

func TestBatchError(t *testing.T) {
	bad, rest := errors.New("bad"), errors.New("rest")
	for name, tt := range map[string]struct {
		err  BatchError
		at   int
		want error
		text string
	}{
		"accepted":    {BatchError{Errs: []error{nil, bad}}, 0, nil, "1 failed, the first: bad"},
		"failed":      {BatchError{Errs: []error{nil, bad}, Rest: rest}, 1, bad, "2 failed, the first: bad"},
		"of the rest": {BatchError{Errs: []error{nil}, Rest: rest}, 5, rest, "1 failed, the first: rest"},
		"not told":    {BatchError{Errs: []error{nil, bad}}, 2, errNoAnswer, "1 failed, the first: bad"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := tt.err.At(tt.at); got != tt.want { //nolint:errorlint // the very one
				t.Errorf("At is %v, want %v", got, tt.want)
			}
			if got := tt.err.Error(); got != tt.text {
				t.Errorf("Error is %q, want %q", got, tt.text)
			}
		})
	}
}
