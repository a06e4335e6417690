package consumer

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/attempts"
	"github.com/kojiwatch/kojiwatch/consumer/internal/breaker"
)

var errRefusing = errors.New("the receiver answered 500")

// failOn is a sink that answers 500 to whatever has one of the values in it.
func failOn(sink *sinkLog, tried map[int]int, bad ...int) func(context.Context, []int) error {
	return func(ctx context.Context, batch []int) error {
		sink.mu.Lock()
		for _, v := range batch {
			tried[v]++
		}
		sink.mu.Unlock()
		if slices.ContainsFunc(batch, func(v int) bool { return slices.Contains(bad, v) }) {
			return errRefusing
		}
		return sink.accept(ctx, batch)
	}
}

// inParts has a sink send several messages for one batch, until one fails.
func inParts(size int, deliver func(context.Context, []int) error) func(context.Context, []int) error {
	return func(ctx context.Context, batch []int) error {
		var errs []error
		for part := range slices.Chunk(batch, size) {
			if err := deliver(ctx, part); err != nil {
				return &BatchError{Errs: errs, Rest: err}
			}
			errs = append(errs, make([]error, len(part))...)
		}
		return nil
	}
}

// TestABatchIsSplitUntilTheBadOneStandsAlone: those that it travelled with are
// delivered, and nothing that was tried with it counts for them.
func TestABatchIsSplitUntilTheBadOneStandsAlone(t *testing.T) {
	for name, tt := range map[string]struct {
		workers int
		keyed   bool
		policy  BatchPolicy
		parts   int // of so many values, one sent after the other
	}{
		"in parts":             {workers: 1, keyed: true, parts: 7},
		"in broker order":      {workers: 1},
		"by key":               {workers: 1, keyed: true},
		"with several workers": {workers: 4, keyed: true},
		"gathered":             {workers: 1, keyed: true, policy: BatchPolicy{Linger: time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink, tried := &sinkLog{}, map[int]int{}
				deliver := failOn(sink, tried, 17)
				if tt.parts > 0 {
					deliver = inParts(tt.parts, deliver)
				}
				l := newTestPipeline(&funcHandler{deliver: deliver}, tt.workers, 64)
				l.o.keyed, l.o.policy, l.o.limit = tt.keyed, tt.policy, RetryLimit{Attempts: 4}
				l.start()
				const n = 51
				for i := range n {
					l.sendNumbers(i)
				}
				time.Sleep(time.Hour)
				l.stop()
				got := sink.all()
				slices.Sort(got)
				if len(got) != n-1 || slices.Contains(got, 17) {
					t.Errorf("accepted %d of %d: %v", len(got), n-1, got)
				}
				letters := l.kept.all()
				if len(letters) != 1 || string(letters[0].Body) != "17" || letters[0].Reason != ReasonRetriesSpent {
					t.Fatalf("dead letters %v", letters)
				}
				if most := 4 + 6; tried[17] < 4 || tried[17] > most {
					t.Errorf("the bad one was tried %d times, should be 4 times alone and at most 6 in a batch", tried[17])
				}
			})
		})
	}
}

// TestOneBadEventDelaysNoOther: neither while it fails alone on a quiet bus, which
// looks like a receiver that is down, nor afterwards.
func TestOneBadEventDelaysNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, tried := &sinkLog{}, map[int]int{}
		l := newTestPipeline(&funcHandler{deliver: failOn(sink, tried, 1)}, 8, 1)
		l.o.limit = RetryLimit{Attempts: 30}
		l.o.breaker = breaker.New(4, l.o.backoff)
		l.start()
		l.sendNumbers(1)
		for i := range 8 {
			time.Sleep(time.Minute)
			l.sendNumbers(i + 2)
			time.Sleep(100 * time.Millisecond)
			if got := sink.all(); len(got) != i+1 {
				t.Errorf("%d of %d good events were delivered at once", len(got), i+1)
			}
		}
		l.sendNumbers(11) // behind the bad one, with its key
		time.Sleep(5 * time.Hour)
		l.stop()
		if tried[1] != 30 {
			t.Errorf("the bad one was tried %d times", tried[1])
		}
		if letters := l.kept.all(); len(letters) != 1 || letters[0].Reason != ReasonRetriesSpent || letters[0].Attempts != 30 {
			t.Errorf("dead letters: %v", letters)
		}
		if got := sink.all(); len(got) != 9 || got[8] != 11 {
			t.Errorf("delivered %v", got)
		}
	})
}

// TestManyBadEventsDelayOthersByTheirPause: also more of them than there are workers.
func TestManyBadEventsDelayOthersByTheirPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, tried := &sinkLog{}, map[int]int{}
		bad := []int{0, 1, 2, 3, 4, 5, 6}
		l := newTestPipeline(&funcHandler{deliver: failOn(sink, tried, bad...)}, 2, 1)
		l.o.limit = RetryLimit{Attempts: 100}
		l.o.breaker = breaker.New(4, l.o.backoff)
		l.start()
		l.sendNumbers(bad...)
		time.Sleep(time.Hour)
		begun := time.Now()
		l.sendNumbers(7)
		for len(sink.all()) == 0 && time.Since(begun) < 10*time.Hour {
			time.Sleep(time.Second)
		}
		// Each of the bad ones may have its turn before.
		if late := time.Since(begun); late > time.Duration(len(bad)+2)*l.o.backoff.Last {
			t.Errorf("the good one came after %s", late)
		}
		l.stop()
	})
}

// TestAReceiverThatIsDownCostsNobodyItsLife: while everything fails, little of what
// an event may spend is spent.
func TestAReceiverThatIsDownCostsNobodyItsLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &sinkLog{}
		var down atomic.Bool
		down.Store(true)
		l := newTestPipeline(&funcHandler{deliver: func(ctx context.Context, batch []int) error {
			if down.Load() {
				return errRefusing
			}
			return sink.accept(ctx, batch)
		}}, 8, 1)
		l.o.limit = RetryLimit{Attempts: 100}
		l.o.breaker = breaker.New(10, l.o.backoff)
		l.start()
		l.sendNumbers(1, 2, 3, 11)
		time.Sleep(12 * time.Hour)
		down.Store(false)
		time.Sleep(5 * time.Minute)
		l.stop()
		if got, dead := sink.all(), l.kept.all(); len(got) != 4 || len(dead) > 0 {
			t.Errorf("delivered %v, dead %v", got, dead)
		}
	})
}

// TestNothingIsTriedForEver, even where a receiver takes nothing ever again.
func TestNothingIsTriedForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newTestPipeline(&funcHandler{deliver: func(context.Context, []int) error { return errRefusing }}, 8, 1)
		l.o.limit = RetryLimit{Attempts: 100}
		l.o.breaker = breaker.New(10, l.o.backoff)
		l.start()
		l.sendNumbers(1, 2, 3)
		time.Sleep(60 * 24 * time.Hour)
		l.stop()
		if dead := l.kept.all(); len(dead) != 3 {
			t.Errorf("%d of 3 are dead letters", len(dead))
		}
	})
}

// TestAttemptsCountOverSessions, and over restarts where there is a file.
func TestAttemptsCountOverSessions(t *testing.T) {
	for name, file := range map[string]string{"a session": "", "a restart": filepath.Join(t.TempDir(), "attempts.json")} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tried := 0
				memory := attempts.NewMemory(file)
				for i := range 20 {
					l := newTestPipeline(&funcHandler{deliver: func(context.Context, []int) error {
						tried++
						return fmt.Errorf("attempt %d", tried)
					}}, 2, 1)
					l.o.memory = memory
					if file != "" {
						l.o.memory = attempts.NewMemory(file)
						if err := l.o.memory.Load(); err != nil {
							t.Fatal(err)
						}
					}
					l.o.limit = RetryLimit{Attempts: 12}
					l.start()
					l.sendNumbers(5) // what was given back comes again
					time.Sleep(5 * time.Second)
					l.stop()
					l.o.saveAttempts(true)
					if letters := l.kept.all(); len(letters) > 0 {
						if i < 2 || tried != 12 || letters[0].Attempts != 12 {
							t.Errorf("dead in session %d after %d attempts; the letter says %d", i, tried, letters[0].Attempts)
						}
						if l.o.memory.Any() {
							t.Error("the attempts are remembered after the verdict")
						}
						return
					}
				}
				t.Errorf("not dead after %d attempts in 20 sessions", tried)
			})
		})
	}
}

// TestASplitBatchStaysSplit, also where sessions end sooner than the bad one stands
// alone: all of it is in vain if each session begins with the whole batch.
func TestASplitBatchStaysSplit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink, tried := &sinkLog{}, map[int]int{}
		first := newTestPipeline(nil, 1, 1)
		memory, circuit := attempts.NewMemory(""), breaker.New(3, first.o.backoff)
		var dead []DeadLetter
		for session := 0; len(dead) == 0 || len(sink.all()) < 39; session++ {
			if session == 200 {
				t.Fatalf("the bad one was tried %d times, %d good ones were delivered", tried[7], len(sink.all()))
			}
			l := newTestPipeline(&funcHandler{deliver: failOn(sink, tried, 7)}, 1, 64)
			l.o.keyed, l.o.policy, l.o.limit = true, BatchPolicy{Linger: time.Second}, RetryLimit{Attempts: 4}
			l.o.memory, l.o.breaker = memory, circuit
			l.start()
			for i := range 40 {
				if !slices.Contains(sink.all(), i) && (i != 7 || len(dead) == 0) {
					l.sendNumbers(i)
				}
			}
			time.Sleep(8 * time.Second)
			l.stop()
			dead = append(dead, l.kept.all()...)
		}
		if len(dead) != 1 || string(dead[0].Body) != "7" {
			t.Errorf("dead letters %v", dead)
		}
		if got := sink.all(); len(got) != 39 {
			t.Errorf("%d of 39 good ones were delivered", len(got))
		}
	})
}
