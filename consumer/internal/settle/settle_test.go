package settle

import (
	"context"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"github.com/kojiwatch/kojiwatch/consumer/internal/settle/settletest"
	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// modelBroker models the broker's side of a channel: which tags are out.
// Its laws are those of the specification: an acknowledgement must be for a tag
// that is out, and with multiple it takes all up to it.
type modelBroker struct {
	epoch   uint64
	last    uint64
	out     []uint64        // not acknowledged
	done    map[uint64]bool // the consumer said so
	settled map[uint64]bool
}

func newModelBroker(epoch uint64) *modelBroker {
	return &modelBroker{epoch: epoch, done: map[uint64]bool{}, settled: map[uint64]bool{}}
}

func (m *modelBroker) deliver() *message.Delivery {
	m.last++
	m.out = append(m.out, m.last)
	return &message.Delivery{DeliveryTag: m.last, Epoch: m.epoch}
}

// ack reports a breach of the laws, or of ours: only what is done is settled.
func (m *modelBroker) ack(t *rapid.T, tag uint64, multiple bool) {
	if !slices.Contains(m.out, tag) {
		t.Fatalf("tag %d is not out: %v", tag, m.out)
	}
	m.out = slices.DeleteFunc(m.out, func(o uint64) bool {
		if o != tag && (!multiple || o > tag) {
			return false
		}
		if !m.done[o] {
			t.Fatalf("ack(%d, multiple=%t) settles %d, which is not done", tag, multiple, o)
		}
		if m.settled[o] {
			t.Fatalf("tag %d is settled twice", o)
		}
		m.settled[o] = true
		return true
	})
}

func (m *modelBroker) flush(t *rapid.T, s *Settler, all bool) {
	upTo, singles, waiting := s.next(all, nil)
	if upTo > 0 {
		m.ack(t, upTo, true)
	}
	for _, tag := range singles {
		m.ack(t, tag, false)
	}
	if all && waiting {
		t.Fatal("something is left behind although all was asked for")
	}
}

func TestSettlerAcknowledgesWhatIsDoneOnceAndInItsEpoch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var stale atomic.Uint64
		prefetch := rapid.IntRange(1, 20).Draw(t, "prefetch")
		const epoch = 7
		broker, s := newModelBroker(epoch), New(epoch, prefetch, &stale)
		var pending []*message.Delivery
		wantStale := uint64(0)
		t.Repeat(map[string]func(*rapid.T){
			"deliver": func(t *rapid.T) {
				if len(broker.out) == prefetch {
					t.Skip("the window is full")
				}
				d := broker.deliver()
				s.Take(d.DeliveryTag, time.Unix(int64(d.DeliveryTag), 0))
				pending = append(pending, d)
			},
			"done": func(t *rapid.T) {
				if len(pending) == 0 {
					t.Skip("nothing is pending")
				}
				i := rapid.IntRange(0, len(pending)-1).Draw(t, "which")
				d := pending[i]
				pending = slices.Delete(pending, i, i+1)
				broker.done[d.DeliveryTag] = true
				if s.Done(d) != 1 {
					t.Fatalf("tag %d was pending", d.DeliveryTag)
				}
			},
			"done again": func(t *rapid.T) {
				d := &message.Delivery{DeliveryTag: rapid.Uint64Range(0, broker.last+2).Draw(t, "tag"), Epoch: epoch}
				if slices.ContainsFunc(pending, func(p *message.Delivery) bool { return p.DeliveryTag == d.DeliveryTag }) {
					t.Skip("that would be the first time")
				}
				wantStale++
				if s.Done(d) != 0 {
					t.Fatalf("tag %d was not pending", d.DeliveryTag)
				}
			},
			"done in another epoch": func(t *rapid.T) {
				d := &message.Delivery{DeliveryTag: rapid.Uint64Range(1, broker.last+1).Draw(t, "tag"), Epoch: epoch - 1}
				wantStale++
				if s.Done(d) != 0 {
					t.Fatalf("tag %d is of another epoch", d.DeliveryTag)
				}
			},
			"acknowledge":     func(t *rapid.T) { broker.flush(t, s, false) },
			"acknowledge all": func(t *rapid.T) { broker.flush(t, s, true) },
			"": func(t *rapid.T) {
				if s.Open() != len(pending) {
					t.Fatalf("%d are open, should be %d", s.Open(), len(pending))
				}
				if at, ok := s.Oldest(); ok != (len(pending) > 0) {
					t.Fatalf("oldest: %v, with %d pending", ok, len(pending))
				} else if first := slices.MinFunc(append(pending, &message.Delivery{DeliveryTag: 1 << 40}), byTag); ok && at.Unix() != int64(first.DeliveryTag) {
					t.Fatalf("the oldest is of %v, should be %d", at, first.DeliveryTag)
				}
				if stale.Load() != wantStale {
					t.Fatalf("%d stale, should be %d", stale.Load(), wantStale)
				}
			},
		})
		broker.flush(t, s, true)
		if len(broker.out) != len(pending) {
			t.Fatalf("%d are out, but %d pending", len(broker.out), len(pending))
		}
	})
}

func byTag(a, b *message.Delivery) int { return int(a.DeliveryTag) - int(b.DeliveryTag) }

func TestSettlerSettlesNothingOfALostSession(t *testing.T) {
	var stale atomic.Uint64
	s := New(1, 10, &stale)
	d := []*message.Delivery{{DeliveryTag: 1, Epoch: 1}, {DeliveryTag: 2, Epoch: 1}}
	s.Take(1, time.Now())
	s.Take(2, time.Now())
	s.Done(d[0])
	if again := s.Lose(); again != 2 {
		t.Errorf("%d come again, should be 2: the first was not acknowledged yet", again)
	}
	if s.Done(d[1]) != 0 || stale.Load() != 1 {
		t.Errorf("a verdict after the end is not stale: %d", stale.Load())
	}
	if upTo, singles, _ := s.next(true, nil); upTo != 0 || len(singles) != 0 {
		t.Errorf("acknowledges %d and %v on a channel that is gone", upTo, singles)
	}
}

func TestSettlerDoesNotGrowBehindAStraggler(t *testing.T) {
	const prefetch = 100
	s := New(1, prefetch, new(atomic.Uint64))
	s.Take(1, time.Now()) // never done
	for tag := uint64(2); tag < 100_000; tag++ {
		s.Take(tag, time.Now())
		s.Done(&message.Delivery{DeliveryTag: tag, Epoch: 1})
		s.next(false, nil)
	}
	if cap(s.out) > 10*prefetch {
		t.Errorf("room for %d entries, with a prefetch of %d", cap(s.out), prefetch)
	}
}

func TestAcksCoverManyOrWaitForTheOldest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(1, 100, new(atomic.Uint64))
		done := func(tags ...uint64) {
			for _, tag := range tags {
				s.Done(&message.Delivery{DeliveryTag: tag, Epoch: 1})
			}
		}
		expect := func(when string, log *settletest.AckLog, want ...settletest.Ack) {
			t.Helper()
			synctest.Wait()
			if got := log.All(); !slices.Equal(got, want) {
				t.Errorf("%s: %v, should be %v", when, got, want)
			}
		}
		upTo := func(tag uint64) settletest.Ack { return settletest.Ack{Tag: tag, Multiple: true} }
		one := func(tag uint64) settletest.Ack { return settletest.Ack{Tag: tag} }
		for tag := range uint64(10) {
			s.Take(tag+1, time.Now())
		}
		log := &settletest.AckLog{}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { s.SendAcks(ctx, log) })

		time.Sleep(2 * holePatience)
		done(1, 2, 3, 5)
		time.Sleep(10 * ackDelay)
		first := upTo(3)
		expect("three in a row and one beyond a gap", log, first)
		time.Sleep(holePatience)
		expect("the gap stays", log, first, one(5))
		done(7)
		time.Sleep(10 * ackDelay)
		done(4, 6)
		time.Sleep(10 * ackDelay)
		expect("the gap closes", log, first, one(5), upTo(7))
		done(9)
		stop()
		running.Wait()
		expect("the end", log, first, one(5), upTo(7), one(9))
	})
}

// TestAcksDoNotWaitWhileTheWindowFills checks that a small prefetch window is not held up by
// the time in which acknowledgements add up.
func TestAcksDoNotWaitWhileTheWindowFills(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(1, 8, new(atomic.Uint64))
		log := &settletest.AckLog{}
		ctx, stop := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() { s.SendAcks(ctx, log) })
		defer running.Wait()
		defer stop()

		begun := time.Now()
		for tag := range uint64(3) {
			s.Take(tag+1, time.Now())
			s.Done(&message.Delivery{DeliveryTag: tag + 1, Epoch: 1})
			synctest.Wait()
		}
		want := []settletest.Ack{{Tag: 3, Multiple: true}}
		if got := log.All(); !slices.Equal(got, want) || time.Since(begun) > 0 {
			t.Errorf("acknowledged %v after %s, should be %v at once", got, time.Since(begun), want)
		}
		s.Take(4, time.Now())
		s.Done(&message.Delivery{DeliveryTag: 4, Epoch: 1})
		time.Sleep(ackDelay + time.Microsecond)
		synctest.Wait()
		if got := log.All(); !slices.Equal(got, append(want, settletest.Ack{Tag: 4, Multiple: true})) {
			t.Errorf("acknowledged %v after %s", got, time.Since(begun))
		}
	})
}

// TestAStepOfTheClockAgesNothing: ages go by the monotonic clock, which a time that
// is kept as a number loses.
func TestAStepOfTheClockAgesNothing(t *testing.T) {
	var stale atomic.Uint64
	s := New(1, 10, &stale)
	s.Take(1, time.Now())
	at, ok := s.Oldest()
	if !ok || !strings.Contains(at.String(), "m=") {
		t.Errorf("%s has no reading of the monotonic clock", at)
	}
}
