package recording

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

const good = `{"routing_key": "k", "body": "x"}`

func TestReaderNamesTheLineAndGoesOn(t *testing.T) {
	long := `{"routing_key": "long", "body": "` + strings.Repeat("x", 200_000) + `"}`
	tooLong := strings.Repeat("y", 400_000)
	text := strings.Join([]string{good, "", "  \r", "bad", long, tooLong, good + "\r", good}, "\n")
	for name, in := range map[string]io.Reader{
		"at once":      strings.NewReader(text),
		"byte by byte": iotest.OneByteReader(strings.NewReader(text)),
	} {
		t.Run(name, func(t *testing.T) {
			r := NewReader(in)
			r.max = 300_000
			expect := func(line int, key string) {
				t.Helper()
				d, err := r.Next()
				if err != nil {
					t.Fatal(err)
				}
				if d.RoutingKey != key || r.Line() != line {
					t.Errorf("key %s in line %d, should be %s in %d", d.RoutingKey, r.Line(), key, line)
				}
			}
			expectBad := func(line int, says string) {
				t.Helper()
				_, err := r.Next()
				var bad *LineError
				if !errors.As(err, &bad) || bad.Line != line || !strings.Contains(err.Error(), says) {
					t.Errorf("error %v, should be about line %d and say %q", err, line, says)
				}
			}
			expect(1, "k")
			expectBad(4, "not JSON")
			expect(5, "long")
			expectBad(6, "longer than 300000 bytes")
			expect(7, "k")
			expect(8, "k")
			for range 2 {
				if _, err := r.Next(); !errors.Is(err, io.EOF) {
					t.Errorf("at the end: %v", err)
				}
			}
		})
	}
}

func TestReaderPassesOnWhatBreaksIt(t *testing.T) {
	broken := errors.New("disk on fire")
	r := NewReader(io.MultiReader(strings.NewReader(good+"\n"+good), iotest.ErrReader(broken)))
	if _, err := r.Next(); err != nil {
		t.Fatal(err)
	}
	if d, err := r.Next(); !errors.Is(err, broken) {
		t.Errorf("got %v, %v", d, err)
	}
}

func TestDeliveriesShareNoMemory(t *testing.T) {
	r := NewReader(strings.NewReader(`{"routing_key": "k", "body": [1]}` + "\n" + `{"routing_key": "l", "body": [2]}`))
	var all []*message.Delivery
	for range 2 {
		d, err := r.Next()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, d)
	}
	if string(all[0].Body) != "[1]" || all[0].RoutingKey != "k" {
		t.Errorf("the first has become %s %s", all[0].RoutingKey, all[0].Body)
	}
}
