package consumer

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// timedLog is a sink that notes when it got what.
type timedLog struct {
	began time.Time
	got   []string
}

func (l *timedLog) accept(_ context.Context, batch []int) error {
	l.got = append(l.got, fmt.Sprint(time.Since(l.began), " ", batch))
	return nil
}

// TestGather: batches wait as they are told to.
func TestBatchPolicy(t *testing.T) {
	type arrival struct {
		after  time.Duration // the one before
		values []int
	}
	for name, tt := range map[string]struct {
		policy   BatchPolicy
		workers  int
		arrivals []arrival
		want     []string
	}{
		"for more, from the first on": {
			BatchPolicy{Linger: 10 * time.Second}, 1,
			[]arrival{{0, []int{1}}, {4 * time.Second, []int{2, 11}}, {20 * time.Second, []int{3}}},
			[]string{"10s [1 2 11]", "34s [3]"},
		},
		"no longer than until it is full": {
			BatchPolicy{Linger: 10 * time.Second}, 1,
			[]arrival{{0, []int{1}}, {time.Second, []int{2, 3, 4, 5}}},
			[]string{"1s [1 2 3 4]", "11s [5]"},
		},
		"no longer than until it is large": {
			BatchPolicy{Linger: 10 * time.Second, Bytes: 4}, 1,
			[]arrival{{0, []int{1}}, {time.Second, []int{222}}, {time.Second, []int{3}}},
			[]string{"1s [1 222]", "12s [3]"},
		},
		"for its turn": {
			BatchPolicy{Interval: time.Minute}, 1,
			[]arrival{{0, []int{1}}, {time.Second, []int{2}}, {time.Second, []int{11, 21}}, {2 * time.Minute, []int{3}}},
			[]string{"0s [1]", "1m0s [2 11 21]", "2m2s [3]"},
		},
		"for whichever is later": {
			BatchPolicy{Linger: 10 * time.Second, Interval: 15 * time.Second}, 1,
			[]arrival{{0, []int{1}}, {12 * time.Second, []int{2}}},
			[]string{"10s [1]", "25s [2]"},
		},
		"in one of several workers": {
			BatchPolicy{Linger: 10 * time.Second}, 4,
			[]arrival{{0, []int{1}}, {time.Second, []int{2}}, {time.Second, []int{3, 1}}},
			[]string{"2s [1 2 3 1]"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				log := &timedLog{began: time.Now()}
				l := newTestPipeline(&funcHandler{deliver: log.accept}, tt.workers, 4)
				l.o.policy, l.o.keyed = tt.policy, true
				l.start()
				for _, a := range tt.arrivals {
					time.Sleep(a.after)
					l.sendNumbers(a.values...)
					synctest.Wait()
				}
				time.Sleep(time.Hour)
				l.stop()
				if !slices.Equal(log.got, tt.want) {
					t.Errorf("got %v, want %v", log.got, tt.want)
				}
			})
		})
	}
}

// TestGatheringIsBrokenOff: what waits when the work ends gets no verdict.
func TestGatheringIsBrokenOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &timedLog{began: time.Now()}
		l := newTestPipeline(&funcHandler{deliver: log.accept}, 3, 4)
		l.o.policy, l.o.keyed = BatchPolicy{Linger: time.Hour}, true
		l.start()
		l.sendNumbers(1, 2)
		time.Sleep(time.Minute)
		l.stop()
		if len(log.got) > 0 || len(l.acked()) > 0 {
			t.Errorf("delivered %v, acknowledged %v", log.got, l.acked())
		}
	})
}

// picky is a handler that wants even numbers only.
type picky struct{ *funcHandler }

func (picky) Wanted(_ context.Context, v int) bool {
	if v == 666 {
		panic("what is that")
	}
	return v%2 == 0
}

// TestPrefilter: what is not wanted is settled at once, and takes no room in a batch.
func TestPrefilter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &timedLog{began: time.Now()}
		l := newTestPipeline(picky{&funcHandler{deliver: log.accept}}, 1, 4)
		l.o.policy, l.o.keyed = BatchPolicy{Interval: time.Minute}, true
		l.start()
		l.sendNumbers(1, 3, 5, 2, 7)
		time.Sleep(time.Second)
		l.sendNumbers(9, 4, 11)
		time.Sleep(time.Second)
		if got := l.acked(); !slices.Equal(got, []uint64{1, 2, 3, 4, 5, 6, 8}) {
			t.Errorf("acknowledged %v while 4 waits for its turn", got)
		}
		l.sendNumbers(6, 13, 15, 17, 19, 21, 23, 666, 8, 10)
		time.Sleep(time.Second)
		// All but 10: a full batch, 2 before it, and what is odd.
		if got := l.acked(); !slices.Equal(got, upTo(17)) {
			t.Errorf("acknowledged %v", got)
		}
		time.Sleep(time.Hour)
		l.stop()
		if want := []string{"0s [2]", "2s [4 6 666 8]", "1m2s [10]"}; !slices.Equal(log.got, want) {
			t.Errorf("got %v, want %v", log.got, want)
		}
		if got := l.acked(); !slices.Equal(got, upTo(18)) {
			t.Errorf("acknowledged %v", got)
		}
	})
}
