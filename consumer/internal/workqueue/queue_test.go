package workqueue

import (
	"slices"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/internal/attempts"
	"github.com/kojiwatch/kojiwatch/consumer/message"
)

// items returns one item for each key, with ascending delivery tags as values.
func items(keys ...uint64) []Item[uint64] {
	out := make([]Item[uint64], 0, len(keys))
	for i, key := range keys {
		tag := uint64(i + 1)
		d := &message.Delivery{DeliveryTag: tag}
		out = append(out, Item[uint64]{Delivery: d, Value: tag, Key: key})
	}
	return out
}

func expect(t *testing.T, when string, got []uint64, want ...uint64) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %d, want %d", when, got, want)
	}
}

func TestOneWorkerAtATimeHasItemsOfAKey(t *testing.T) {
	q := New[uint64](2)
	q.Push(items(7, 7, 8))
	var first, second, third Batch[uint64]
	held := q.Next(&first, nil, 1)
	expect(t, "the first worker", first.Values, 1)
	others := q.Next(&second, nil, 2)
	expect(t, "the second worker", second.Values, 3)
	q.Release(held, &first, true, 0)
	q.Next(&third, nil, 2)
	expect(t, "after the first worker failed", third.Values, 1, 2)
	second.Keep(second.Items[:0])
	q.Release(others, &second, false, 0)
	if failing := q.Close(); failing != 1 {
		t.Errorf("%d keys failing, want the first", failing)
	}
}

func TestOneWorkerKeepsBrokerOrderExceptForFailures(t *testing.T) {
	q := New[uint64](1)
	all := items(7, 8, 7, 8)
	q.Push(all[:2])
	var b Batch[uint64]
	held := q.Next(&b, nil, 1)
	q.Push(all[2:])
	b.Keep(b.Items[:0])
	q.Release(held, &b, false, 0)
	held = q.Next(&b, nil, 1)
	expect(t, "the key whose first item came earlier", b.Values, 2)
	q.Release(held, &b, true, time.Hour)
	q.Next(&b, nil, 4)
	expect(t, "while the other key is delayed", b.Values, 3)
	b.reset()
	q.RetryNow()
	q.Next(&b, nil, 4)
	expect(t, "after the delay", b.Values, 2, 4)
}

func TestAnItemLimitsTheBatchThatItIsIn(t *testing.T) {
	all := items(1, 2, 3, 4)
	all[1].Tries = &attempts.Tries{Together: 2}
	var b Batch[uint64]
	for i := range all {
		if b.hasRoom(len(all), &all[i]) {
			b.Add(&all[i])
		}
	}
	expect(t, "a limit of 2", b.Values, 1, 2)
	if !b.Full(len(all), 0) {
		t.Error("the batch takes more")
	}
	b.Items[1].Tries.Together = 1
	if n := b.Together(); n != 1 {
		t.Errorf("%d items together, want 1", n)
	}
}
