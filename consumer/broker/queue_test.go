package broker

import (
	"math"
	"reflect"
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"
)

func TestQueueArguments(t *testing.T) {
	q := Queue{Type: "quorum", SingleActive: true, Arguments: map[string]any{
		"int": math.MaxInt32 + 1, "uint64": uint64(7), "nested": map[string]any{"list": []any{1, map[string]any{"x": true}}}, "text": "x", "nil": nil,
	}}
	want := amqp.Table{
		"x-queue-type": "quorum", "x-single-active-consumer": true,
		"int": int64(math.MaxInt32 + 1), "uint64": int64(7), "nested": amqp.Table{"list": []any{int64(1), amqp.Table{"x": true}}}, "text": "x", "nil": nil,
	}
	if got := q.Table(); !reflect.DeepEqual(got, want) || got.Validate() != nil {
		t.Errorf("got %v, should be %v", got, want)
	}
}

func TestConsumeArguments(t *testing.T) {
	for priority, want := range map[int]amqp.Table{0: nil, 3: {"x-priority": int32(3)}} {
		q := Queue{Priority: priority}
		if got := q.ConsumeTable(); !reflect.DeepEqual(got, want) {
			t.Errorf("priority %d: got %v, want %v", priority, got, want)
		}
	}
}
