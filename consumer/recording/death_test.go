package recording

import (
	"reflect"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

func deadLetter(at time.Time) message.DeadLetter {
	return message.DeadLetter{
		Delivery: &message.Delivery{Queue: "q", RoutingKey: "d", Body: []byte("x")}, Sink: "archive", Reason: "refused", Error: "no JSON", Time: at,
		Attempts: 3, First: at.Add(-time.Hour), Last: at.Add(-time.Second),
	}
}

func TestDeathIsReadAgain(t *testing.T) {
	want := deadLetter(time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC))
	line, err := AppendDead(nil, want)
	if err != nil {
		t.Fatal(err)
	}
	got, err := ParseDead(line)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, got\n%+v\nshould be\n%+v", err, got, want)
	}
	if recorded, err := ParseDead([]byte(good)); err != nil || recorded.Reason != "" || !recorded.Time.IsZero() {
		t.Errorf("%v: a delivery that did not die: %+v", err, recorded)
	}
}
