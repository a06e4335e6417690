package consumer

import (
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	amqp "github.com/rabbitmq/amqp091-go"
	"pgregory.net/rapid"
)

// TestALetterIsReadAgain: what is in a queue of dead letters tells all that was
// noted, and the message as it was, without any of that.
func TestALetterIsReadAgain(t *testing.T) {
	at := time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC)
	letter := DeadLetter{
		Delivery: &Delivery{Queue: "q", Exchange: "amq.topic", RoutingKey: "k", Properties: Properties{
			DeliveryMode: 2, UserID: "u", Expiration: "7", Headers: map[string]any{"x": int64(1), "CC": "copy"},
		}},
		Sink: "archive", Reason: "refused", Error: "no", Time: at, Attempts: 3, First: at.Add(-time.Hour), Last: at.Add(-time.Second),
	}
	p := letter.publishing()
	if p.Headers[HeaderSink] != "archive" || p.Headers["CC"] != nil {
		t.Errorf("headers %v", p.Headers)
	}
	got := letterOf(&amqp.Delivery{Headers: p.Headers, DeliveryMode: p.DeliveryMode, RoutingKey: "q.dead"}, "q.dead").DeadLetter
	got.Headers = map[string]any(amqp.Table(got.Headers)) // the same under another name
	if !reflect.DeepEqual(got, letter) {
		t.Errorf("got\n%+v %+v\nwant\n%+v %+v", got, got.Delivery, letter, letter.Delivery)
	}
}

func TestPlainText(t *testing.T) {
	for in, want := range map[string]string{
		"":                     "",
		"as it is: é, 漢":       "as it is: é, 漢",
		"two\r\nlines\tand":    "two  lines and",
		"\x1b[31mred\x1b[0m":   "\ufffd[31mred\ufffd[0m",
		"not utf-8: \xff":      "not utf-8: \ufffd",
		"turned \u202e around": "turned \ufffd around",
	} {
		if got := plainText(in, 100); got != want {
			t.Errorf("%q becomes %q, should be %q", in, got, want)
		}
	}
}

func TestPlainTextIsShortAndPlain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := string(rapid.SliceOf(rapid.Byte()).Draw(t, "in"))
		limit := rapid.IntRange(0, 40).Draw(t, "limit")
		got := plainText(in, limit)
		if len(got) > limit || !utf8.ValidString(got) || strings.ContainsFunc(got, unicode.IsControl) {
			t.Fatalf("%q becomes %q within %d bytes", in, got, limit)
		}
	})
}
