package consumer

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

func TestOneWorkerKeepsBrokerOrderInBatches(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &sinkLog{}
		proceed := make(chan struct{})
		l := newTestPipeline(&funcHandler{deliver: func(ctx context.Context, batch []int) error {
			<-proceed
			return sink.accept(ctx, batch)
		}}, 1, 10)
		l.start()
		const n = 60
		for i := range n {
			l.sendNumbers(i)
			synctest.Wait()
		}
		close(proceed)
		time.Sleep(time.Second)
		l.stop()
		if got := sink.all(); len(got) != n || !slices.IsSorted(got) {
			t.Errorf("not all in order: %v", got)
		}
		if sink.sizes[0] != 1 {
			t.Errorf("the first batch of %d was waited for", sink.sizes[0])
		}
		if sink.sizes[1] == 1 || !slices.Contains(sink.sizes, 10) || slices.Max(sink.sizes) > 10 {
			t.Errorf("batches are not filled with what is there: %v", sink.sizes)
		}
		if got := l.acked(); !slices.Equal(got, upTo(n)) {
			t.Errorf("acknowledged %v", got)
		}
	})
}

func TestNothingIsAcknowledgedBeforeTheSinkHasIt(t *testing.T) {
	for _, workers := range []int{1, 4} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				proceed := make(chan error)
				l := newTestPipeline(&funcHandler{deliver: func(context.Context, []int) error { return <-proceed }}, workers, 1)
				l.start()
				l.sendNumbers(1)
				time.Sleep(time.Hour)
				if got := l.acked(); len(got) != 0 {
					t.Errorf("acknowledged %v while the sink has nothing", got)
				}
				proceed <- errDown
				time.Sleep(time.Hour)
				if got := l.acked(); len(got) != 0 {
					t.Errorf("acknowledged %v although the sink failed", got)
				}
				proceed <- nil
				time.Sleep(time.Second)
				l.stop()
				if got := l.acked(); !slices.Equal(got, upTo(1)) {
					t.Errorf("acknowledged %v, should be the one", got)
				}
			})
		})
	}
}

func TestAFailingKeyHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &sinkLog{}
		down := true
		var mu sync.Mutex
		l := newTestPipeline(&funcHandler{deliver: func(ctx context.Context, batch []int) error {
			mu.Lock()
			defer mu.Unlock()
			if down && batch[0]%10 == 7 {
				return errDown
			}
			return sink.accept(ctx, batch)
		}}, 2, 1)
		l.start()
		l.sendNumbers(7, 1, 17, 2, 27, 3, 11)
		time.Sleep(10 * time.Minute)
		if got := sink.all(); !slices.Equal(got, []int{1, 2, 3, 11}) {
			t.Errorf("while one key fails the others got %v", got)
		}
		mu.Lock()
		down = false
		mu.Unlock()
		time.Sleep(2 * time.Minute)
		l.stop()
		if got := sink.all(); !slices.Equal(got, []int{1, 2, 3, 11, 7, 17, 27}) {
			t.Errorf("in the end %v", got)
		}
		if got := l.acked(); !slices.Equal(got, upTo(7)) {
			t.Errorf("acknowledged %v", got)
		}
	})
}

// refuse fails for good on some values.
func refuse(sink *sinkLog, whole bool, bad ...int) func(context.Context, []int) error {
	return func(ctx context.Context, batch []int) error {
		errs := make([]error, len(batch))
		failed := false
		for i, v := range batch {
			if slices.Contains(bad, v) {
				failed = true
				errs[i] = Dead("bad_value", fmt.Errorf("value %d", v))
			}
		}
		switch {
		case failed && whole:
			return Dead("bad_value", errors.New("something in here"))
		case !failed:
			return sink.accept(ctx, batch)
		}
		for i, v := range batch {
			if errs[i] == nil {
				_ = sink.accept(ctx, []int{v})
			}
		}
		return &BatchError{Errs: errs}
	}
}

func TestOnlyTheRefusedBecomeDeadLetters(t *testing.T) {
	for _, workers := range []int{1, 3} {
		for _, whole := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d workers, whole batch refused %t", workers, whole), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					sink := &sinkLog{}
					l := newTestPipeline(&funcHandler{deliver: refuse(sink, whole, 3, 5)}, workers, 10)
					l.start()
					l.sendNumbers(0, 1, 2, 3, 4, 5, 6, 7)
					time.Sleep(time.Minute)
					l.stop()
					got := sink.all()
					slices.Sort(got)
					if !slices.Equal(got, []int{0, 1, 2, 4, 6, 7}) {
						t.Errorf("accepted %v", got)
					}
					var dead []string
					for _, letter := range l.kept.all() {
						dead = append(dead, letter.Reason+" "+string(letter.Body))
					}
					slices.Sort(dead)
					if !slices.Equal(dead, []string{"bad_value 3", "bad_value 5"}) {
						t.Errorf("dead letters %v", dead)
					}
					if got := l.acked(); !slices.Equal(got, upTo(8)) {
						t.Errorf("acknowledged %v", got)
					}
				})
			})
		}
	}
}

func TestWhatCannotBeParsedIsADeadLetter(t *testing.T) {
	parse := func(d *Delivery) (int, error) {
		switch string(d.Body) {
		case "garbage":
			return 0, errors.New("line 1: \x1b[31mno\nnumber\xff")
		case "known":
			return 0, Dead("known_bad", errors.New("seen before"))
		case "bug":
			panic("index out of range")
		}
		return 1, nil
	}
	for _, workers := range []int{1, 3} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := &sinkLog{}
				l := newTestPipeline(&funcHandler{parse: parse, deliver: sink.accept}, workers, 10)
				l.start()
				l.send("fine", "garbage", "known", "bug", "fine")
				time.Sleep(time.Minute)
				l.stop()
				if n := len(sink.all()); n != 2 {
					t.Errorf("%d accepted, should be 2", n)
				}
				letters := l.kept.all()
				if len(letters) != 3 {
					t.Fatalf("%d dead letters, should be 3", len(letters))
				}
				for i, want := range []struct{ reason, text string }{
					{ReasonUnparseable, "line 1: \ufffd[31mno number\ufffd"},
					{"known_bad", "seen before"},
					{ReasonPanic, "parse: panic: index out of range"},
				} {
					if got := letters[i]; got.Reason != want.reason || !strings.HasPrefix(got.Error, want.text) {
						t.Errorf("letter %d: %q %q, should be %q %q", i, got.Reason, got.Error, want.reason, want.text)
					}
				}
				if got := l.acked(); !slices.Equal(got, upTo(5)) {
					t.Errorf("acknowledged %v", got)
				}
			})
		})
	}
}

// TestAPanicInDeliverIsNoFaultOfTheValue: it comes again, alone, and everything else
// goes on. Only what has the program panic over and over becomes a dead letter.
func TestAPanicInDeliverIsNoFaultOfTheValue(t *testing.T) {
	for name, tt := range map[string]struct {
		panics int
		limit  RetryLimit
		dead   []string
		got    []int
	}{
		"a few times":               {panics: 5, got: []int{0, 1, 2, 3}},
		"always":                    {panics: 1000, dead: []string{ReasonPanic}, got: []int{0, 1, 3}},
		"as often as it may fail":   {panics: 1000, limit: RetryLimit{Attempts: 3}, dead: []string{ReasonPanic}, got: []int{0, 1, 3}},
		"less often than it may":    {panics: 5, limit: RetryLimit{Attempts: 30}, got: []int{0, 1, 2, 3}},
		"more often, with no limit": {panics: maxPanics + 20, dead: []string{ReasonPanic}, got: []int{0, 1, 3}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink, panics := &sinkLog{}, 0
				l := newTestPipeline(&funcHandler{deliver: func(ctx context.Context, batch []int) error {
					if slices.Contains(batch, 2) && panics < tt.panics {
						panics++
						panic("two")
					}
					return sink.accept(ctx, batch)
				}}, 1, 10)
				l.o.limit = tt.limit
				l.start()
				l.sendNumbers(0, 1, 2, 3)
				time.Sleep(10 * time.Hour)
				l.stop()
				if got := sink.all(); !slices.Equal(got, tt.got) {
					t.Errorf("accepted %v", got)
				}
				var dead []string
				for _, letter := range l.kept.all() {
					dead = append(dead, letter.Reason)
				}
				if !slices.Equal(dead, tt.dead) {
					t.Errorf("dead letters %v", dead)
				}
			})
		})
	}
}

// TestAHandlerIsToldWhatItWillNotGetAgain: also what it refused, what it panicked at
// and what was tried too often; and not what could not be parsed. A panic there harms
// nobody.
func TestAHandlerIsToldWhatItWillNotGetAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []string
		l := newTestPipeline(&funcHandler{
			deliver: func(_ context.Context, batch []int) error {
				switch batch[0] {
				case 1:
					return Dead("bad_value", errors.New("one"))
				case 2:
					panic("two")
				case 3:
					return errors.New("three")
				}
				return nil
			},
			observe: func(v int, reason string, _ error) {
				told = append(told, fmt.Sprint(v, " ", reason))
				panic("observe")
			},
		}, 1, 1)
		l.o.limit = RetryLimit{Attempts: 2}
		l.start()
		l.send("0", "1", "2", "3", "no number", "4")
		time.Sleep(time.Hour)
		l.stop()
		if want := []string{"1 bad_value", "2 " + ReasonPanic, "3 " + ReasonRetriesSpent}; !slices.Equal(told, want) {
			t.Errorf("told %q, want %q", told, want)
		}
		if n := len(l.kept.all()); n != 4 {
			t.Errorf("%d dead letters, want 4", n)
		}
	})
}

func TestDeadLettersThatCannotBeKeptHoldUpNobody(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &sinkLog{}
		var mu sync.Mutex
		forbidden := true
		l := newTestPipeline(&funcHandler{deliver: sink.accept}, 1, 10)
		l.kept.fail = func(letter DeadLetter) error {
			mu.Lock()
			defer mu.Unlock()
			if forbidden && string(letter.Body) == "poison" {
				return errors.New("403")
			}
			return nil
		}
		l.start()
		l.send("1", "poison", "2", "other poison", "3")
		time.Sleep(time.Hour)
		if got := sink.all(); !slices.Equal(got, []int{1, 2, 3}) {
			t.Errorf("the living got %v", got)
		}
		if got := l.acked(); !slices.Equal(got, []uint64{1, 3, 4, 5}) {
			t.Errorf("acknowledged %v: the second is kept nowhere", got)
		}
		mu.Lock()
		forbidden = false
		mu.Unlock()
		time.Sleep(2 * time.Minute)
		l.stop()
		if got := l.acked(); !slices.Equal(got, upTo(5)) {
			t.Errorf("in the end acknowledged %v", got)
		}
	})
}

func TestStopFinishesWhatIsInHandAndNoMore(t *testing.T) {
	for _, workers := range []int{1, 2} {
		t.Run(fmt.Sprint(workers, " workers"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				sink := &sinkLog{}
				l := newTestPipeline(&funcHandler{deliver: func(ctx context.Context, batch []int) error {
					time.Sleep(time.Second)
					return sink.accept(ctx, batch)
				}}, workers, 1)
				l.start()
				l.sendNumbers(0, 1, 2, 3, 4, 5, 6, 7)
				time.Sleep(500 * time.Millisecond)
				l.stop()
				if got := len(sink.all()); got != workers {
					t.Errorf("%d delivered, should be the %d in hand", got, workers)
				}
				if got := l.acked(); !slices.Equal(got, upTo(workers)) {
					t.Errorf("acknowledged %v", got)
				}
			})
		})
	}
}

func TestTheHardEndCutsDeliverShort(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newTestPipeline(&funcHandler{deliver: func(ctx context.Context, _ []int) error {
			<-ctx.Done()
			return Dead("gave_up", fmt.Errorf("retries spent: %w", ctx.Err()))
		}}, 1, 1)
		l.start()
		l.sendNumbers(42)
		time.Sleep(time.Hour)
		l.soft()
		time.Sleep(time.Second)
		l.hard()
		l.running.Wait()
		if got := l.acked(); len(got) != 0 || len(l.kept.all()) != 0 {
			t.Errorf("what was cut short got a verdict: acknowledged %v, dead %v", got, l.kept.all())
		}
	})
}

// TestOrderAndVerdicts has a sink that fails in every way it may, and workers and
// batches of every kind, and looks at the laws.
func TestOrderAndVerdicts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		workers := rapid.IntRange(1, 5).Draw(rt, "workers")
		size := rapid.IntRange(1, 7).Draw(rt, "batch")
		numbers := rapid.SliceOfN(rapid.IntRange(0, 99), 1, 60).Draw(rt, "numbers")
		fates := rapid.SliceOfN(rapid.IntRange(0, 9), 0, 20).Draw(rt, "fates")
		pauses := rapid.SliceOfN(rapid.IntRange(0, 5), 1, 20).Draw(rt, "pauses")
		gather := BatchPolicy{
			Linger:   time.Duration(rapid.SampledFrom([]int{0, 0, 1, 50}).Draw(rt, "linger")) * time.Millisecond,
			Interval: time.Duration(rapid.SampledFrom([]int{0, 0, 7, 1000}).Draw(rt, "interval")) * time.Millisecond,
			Bytes:    rapid.IntRange(0, 8).Draw(rt, "bytes"),
		}
		sink := &moody{fates: append(fates, 9), seen: map[int]int{}} // it does accept now and then
		var l *testPipeline
		synctest.Test(t, func(*testing.T) {
			l = newTestPipeline(&funcHandler{
				parse:   func(d *Delivery) (int, error) { return int(d.DeliveryTag)*100 + numbers[d.DeliveryTag-1], nil },
				deliver: sink.deliver,
			}, workers, size)
			l.o.policy, l.o.keyed = gather, l.o.keyed || gather.waits()
			l.start()
			for i, n := range numbers {
				time.Sleep(time.Duration(pauses[i%len(pauses)]) * time.Millisecond)
				l.sendNumbers(n)
			}
			time.Sleep(1000 * time.Hour)
			l.stop()
		})
		if sink.breach != "" {
			rt.Fatal(sink.breach)
		}
		if got := l.acked(); !slices.Equal(got, upTo(len(numbers))) {
			rt.Fatalf("acknowledged %v of %d", got, len(numbers))
		}
		if ends := len(sink.accepted) + len(l.kept.all()); ends != len(numbers) {
			rt.Fatalf("%d accepted and %d dead of %d", len(sink.accepted), len(l.kept.all()), len(numbers))
		}
		last := map[int]int{}
		for _, v := range sink.accepted {
			if workers == 1 && !gather.waits() && v < last[-1] || v < last[v%10] {
				rt.Fatalf("value %d is late: %v", v, sink.accepted)
			}
			last[-1], last[v%10] = v, v
		}
	})
}

// moody is a sink that accepts, refuses or fails as drawn.
type moody struct {
	fates []int

	mu       sync.Mutex
	turn     int
	seen     map[int]int // keys in hand
	accepted []int
	breach   string
}

func (m *moody) fate() int {
	m.turn++
	return m.fates[m.turn%len(m.fates)]
}

func (m *moody) deliver(_ context.Context, batch []int) error {
	m.enter(batch)
	time.Sleep(time.Millisecond)
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range batch {
		m.seen[v%10]--
	}
	switch m.fate() {
	case 0:
		return errDown
	case 1:
		return Dead("whole", errors.New("refused"))
	case 2:
		panic("moody")
	case 3:
		return m.each(batch)
	}
	m.accepted = append(m.accepted, batch...)
	return nil
}

// enter notes a breach if another worker has a value with the same key.
func (m *moody) enter(batch []int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	own := map[int]bool{}
	for _, v := range batch {
		if m.seen[v%10] > 0 && !own[v%10] {
			m.breach = fmt.Sprintf("two workers have key %d in hand", v%10)
		}
		own[v%10] = true
		m.seen[v%10]++
	}
}

// each accepts a first part, refuses one and leaves out the rest.
func (m *moody) each(batch []int) error {
	n := m.fate() % len(batch)
	m.accepted = append(m.accepted, batch[:n]...)
	errs := make([]error, n, n+1)
	return &BatchError{Errs: append(errs, Dead("single", errors.New("refused")))}
}

// TestOneWorkerByKeyKeepsBrokerOrder as long as nothing fails: programs that are run for
// each event see them as they came.
func TestOneWorkerByKeyKeepsBrokerOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sink := &sinkLog{}
		l := newTestPipeline(&funcHandler{deliver: func(ctx context.Context, batch []int) error {
			time.Sleep(time.Second)
			return sink.accept(ctx, batch)
		}}, 1, 1)
		l.o.keyed = true
		l.start()
		numbers := []int{1, 11, 2, 21, 3, 12, 1, 13, 31, 2, 4, 41}
		l.sendNumbers(numbers...)
		time.Sleep(time.Minute)
		l.stop()
		if got := sink.all(); !slices.Equal(got, numbers) {
			t.Errorf("delivered %v, came %v", got, numbers)
		}
	})
}
