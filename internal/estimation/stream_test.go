package estimation

import (
	"context"
	"errors"
	"io"
	"os"
	"reflect"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer/recording"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/parse"
)

const streamed = "state: {stream: kojiwatch.state}\n"

// simulated reads the events of a simulated build system, each received when it happened.
func simulated(t *testing.T) (all []event.Event) {
	t.Helper()
	f, err := os.Open("../demo/history.jsonl.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, parser := recording.NewReader(f), parse.New(parse.Options{})
	for {
		d, err := r.Next()
		if errors.Is(err, io.EOF) {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		e, err := parser.Parse(pipeline.ParseDelivery(d))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, *e)
	}
}

// replica opens the state of a replica.
func replica(t *testing.T, c *config.Config) *Service {
	t.Helper()
	d := Open(c, zerolog.Nop())
	d.Start(t.Context(), c, &hub.Hub{})
	t.Cleanup(d.Close)
	return d
}

// read has a replica read the stream between two offsets, and adds the estimates to those at
// their offsets.
func read(d *Service, stream []event.Event, from, to uint64, estimates []*event.Estimate) {
	for offset := from; offset < to; offset++ {
		e := stream[offset]
		d.Learn(&e, offset)
		d.Noted(&e)
		estimates[offset] = e.Estimate
	}
}

// TestRestartedReplica: a replica that is killed and started again, time after time, ends with
// the same history and scores as one that never was, and its estimates are the same but for
// some that are as good.
func TestRestartedReplica(t *testing.T) {
	stream := simulated(t)
	end := uint64(len(stream))
	undisturbed, restarted := make([]*event.Estimate, end), make([]*event.Estimate, end)
	one := replica(t, durationsConfig(t, streamed))
	read(one, stream, 0, end, undisturbed)

	c := durationsConfig(t, streamed)
	other := replica(t, c)
	for at := uint64(0); at < end; {
		written := min(at+end/10, end)
		read(other, stream, at, written, restarted)
		other.flush()
		lost := min(written+end/50, end)
		read(other, stream, written, lost, restarted)
		if err := other.store.Close(); err != nil { // and so nothing is written at the end
			t.Fatal(err)
		}
		other.store = nil
		other = replica(t, c)
		upTo, again := other.StreamOffsets()
		if upTo != written || again > upTo || again+end/20 < upTo {
			t.Fatalf("it goes on at %d and reads from %d, want %d, of %d", upTo, again, written, end)
		}
		read(other, stream, again, upTo, make([]*event.Estimate, end))
		at = upTo
	}
	x, y := one.Stats(), other.Stats()
	if x.Learnt != y.Learnt || x.Following != y.Following || x.Scores.Ratios.Count() != y.Scores.Ratios.Count() || x.Learnt == 0 {
		t.Errorf("undisturbed %d averages, %d tasks, %d scores; restarted %d, %d, %d",
			x.Learnt, x.Following, x.Scores.Ratios.Count(), y.Learnt, y.Following, y.Scores.Ratios.Count())
	}
	if a, b := x.Scores.Ratios.MedianError(), y.Scores.Ratios.MedianError(); b > 1.05*a {
		t.Errorf("median error %.3f, undisturbed %.3f", b, a)
	}
	same := 0
	for i := range undisturbed {
		if reflect.DeepEqual(undisturbed[i], restarted[i]) {
			same++
		}
	}
	t.Logf("%d of %d estimates are the same; median error %.4f, undisturbed %.4f", same, end,
		y.Scores.Ratios.MedianError(), x.Scores.Ratios.MedianError())
	if same < len(stream)*95/100 {
		t.Errorf("%d of %d estimates are the same", same, end)
	}
}

// TestRenewedStream: of a stream that is another one all is learnt, although its offsets are
// below those that were read.
func TestRenewedStream(t *testing.T) {
	c := durationsConfig(t, streamed)
	d := replica(t, c)
	learn := func(id int64, offset uint64) {
		for i, s := range []koji.TaskState{koji.TaskOpen, koji.TaskClosed} {
			d.Learn(taskEvent(id, s), offset+uint64(i))
		}
	}
	learn(1, 1000)
	d.Close()
	d = replica(t, c)
	learnt := func() uint64 { return d.Stats().Scores.Ratios.Count() }
	if learn(2, 10); learnt() != 0 {
		t.Error("it learns from what it has read before")
	}
	d.StreamRenewed()
	if learn(3, 10); learnt() != 1 {
		t.Errorf("%d estimates scored of the other stream, want 1", learnt())
	}
	d.Close()
	d = replica(t, c)
	if upTo, again := d.StreamOffsets(); upTo != 12 || again != 12 {
		t.Errorf("it goes on at %d and reads from %d, want 12", upTo, again)
	}
}

// TestUnfinishedIsBounded: tasks that are never told to end take no memory for ever, whether
// anything is written down or not.
func TestUnfinishedIsBounded(t *testing.T) {
	d := replica(t, durationsConfig(t, streamed))
	for id := range int64(maxUnfinished + 1) {
		d.Learn(taskEvent(id+1, koji.TaskOpen), uint64(id))
	}
	if n := len(d.stream.unfinished); n > maxUnfinished/2 {
		t.Errorf("%d tasks are remembered", n)
	}
}

// TestNotedEstimates: sinks get the estimates that the reader has noted, and teach nothing.
func TestNotedEstimates(t *testing.T) {
	d := replica(t, durationsConfig(t, streamed))
	for id := range int64(5) {
		d.Learn(taskEvent(id+1, koji.TaskOpen), uint64(2*id))
		d.Learn(taskEvent(id+1, koji.TaskClosed), uint64(2*id+1))
	}
	before := d.Stats().Learnt
	began := taskEvent(10, koji.TaskOpen)
	began.ID = "began"
	d.Learn(began, 20)
	d.Noted(began)
	x := d.ForEvents()
	sunk := taskEvent(10, koji.TaskOpen)
	sunk.ID, sunk.ReceivedAt = "began", began.ReceivedAt.Add(time.Minute)
	x.Estimate(sunk)
	if sunk.Estimate == nil || !sunk.Estimate.CompletionAt.Equal(began.Estimate.CompletionAt) ||
		sunk.Estimate.Remaining.Value != began.Estimate.CompletionAt.Sub(sunk.ReceivedAt) {
		t.Errorf("a sink gets %+v, noted is %+v", sunk.Estimate, began.Estimate)
	}
	unknown := taskEvent(10, koji.TaskOpen)
	unknown.ID = "never told"
	if x.Estimate(unknown); unknown.Estimate == nil {
		t.Error("no estimate for a task that is followed")
	}
	ended := taskEvent(10, koji.TaskClosed)
	x.Estimate(ended)
	if !d.estimator.Follows(10) || d.Stats().Learnt != before {
		t.Error("a sink has ended the task")
	}
	repaired := taskEvent(10, koji.TaskClosed)
	repaired.Origin = event.Reconciled
	if x.Estimate(repaired); d.estimator.Follows(10) {
		t.Error("what the hub was asked for teaches nothing")
	}
}

// TestAwait: an event waits for the reader of the stream if that is about to tell of it, but
// not for long, and not after one has waited in vain.
func TestAwait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := Open(durationsConfig(t, streamed), zerolog.Nop())
		defer d.Close()
		now := func(id string, age time.Duration) *event.Event {
			e := taskEvent(1, koji.TaskOpen)
			e.ID, e.ReceivedAt, e.Task.Started = id, time.Now(), time.Now().Add(-age)
			return e
		}
		waits := func(ctx context.Context, e *event.Event) time.Duration {
			begun := time.Now()
			d.Await(ctx, e)
			return time.Since(begun)
		}
		told := func(e *event.Event, after time.Duration) {
			time.AfterFunc(after, func() { d.Noted(e) })
		}
		begun := now("at the start", 0)
		told(begun, 3*time.Second)
		if took := waits(t.Context(), begun); took != 3*time.Second {
			t.Errorf("at the start it waits %s", took)
		}
		time.Sleep(startPatience)
		for _, test := range []struct {
			what      string
			age, told time.Duration
			pause     time.Duration // before
			want      time.Duration
		}{
			{"told soon", 0, 100 * time.Millisecond, 0, 100 * time.Millisecond},
			{"told late", 0, 5 * time.Second, 0, patience},
			{"after one in vain", 0, 100 * time.Millisecond, 0, 0},
			{"later", 0, 100 * time.Millisecond, time.Minute, 100 * time.Millisecond},
			{"from long ago, when the reader is far ahead", time.Hour, 100 * time.Millisecond, time.Minute, 0},
		} {
			time.Sleep(test.pause)
			e := now(test.what, test.age)
			told(e, test.told)
			if took := waits(t.Context(), e); took != test.want {
				t.Errorf("%s: it waits %s, want %s", test.what, took, test.want)
			}
			if took := waits(t.Context(), e); test.told < patience && test.want > 0 && took != 0 {
				t.Errorf("%s: what was told waits %s", test.what, took)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		if took := waits(ctx, now("stopped", 0)); took != time.Millisecond {
			t.Errorf("at the end it waits %s", took)
		}
		repaired := now("repaired", 0)
		repaired.Origin = event.Reconciled
		if took := waits(t.Context(), repaired); took != 0 {
			t.Errorf("what the stream never tells waits %s", took)
		}
	})
}
