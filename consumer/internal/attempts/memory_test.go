package attempts

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/message"
)

func deliveryOf(body string) *message.Delivery {
	return &message.Delivery{RoutingKey: "k", Body: []byte(body)}
}

func TestTheMemoryOfAttemptsIsBounded(t *testing.T) {
	m := NewMemory("")
	now := time.Now()
	for i := range maxRemembered + 100 {
		m.Remember(deliveryOf(strconv.Itoa(i)), &Tries{All: 1, Alone: 1, Last: now.Add(time.Duration(i))})
	}
	if n := len(m.byID); n != maxRemembered {
		t.Errorf("%d are remembered", n)
	}
	if m.Recall(deliveryOf("0")) != nil || m.Recall(deliveryOf("200")) == nil {
		t.Error("not the oldest were forgotten")
	}
}

func TestAttemptsAreOfOneMessage(t *testing.T) {
	m := NewMemory("")
	m.Remember(&message.Delivery{Exchange: "a", RoutingKey: "bc", Body: []byte("x")}, &Tries{All: 3, Alone: 3})
	if m.Recall(&message.Delivery{Exchange: "ab", RoutingKey: "c", Body: []byte("x")}) != nil {
		t.Error("another message has the same identity")
	}
	got := m.Recall(&message.Delivery{Exchange: "a", RoutingKey: "bc", Body: []byte("x"), DeliveryTag: 9, Redelivered: true})
	if got == nil || got.All != 3 {
		t.Errorf("the same message again: %v", got)
	}
}

func TestAFileOfAttemptsThatIsNoneIsAnError(t *testing.T) {
	for name, text := range map[string]string{
		"empty": "", "cut short": `{"00`, "a list": "[]", "another id": `{"00ff": {"all": 1}}`, "not hex": `{"` + strings.Repeat("zz", 16) + `": {}}`,
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "attempts.json")
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			m := NewMemory(path)
			if err := m.Load(); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("the error is %v", err)
			}
			m.Remember(deliveryOf("1"), &Tries{All: 1, Alone: 1, Last: time.Now()})
			if err := m.Save(true); err != nil {
				t.Error(err)
			}
			again := NewMemory(path)
			if err := again.Load(); err != nil || again.Recall(deliveryOf("1")) == nil {
				t.Errorf("it is not replaced: %v", err)
			}
		})
	}
}

func FuzzAttemptsFile(f *testing.F) {
	f.Add([]byte(`{"000102030405060708090a0b0c0d0e0f":{"all":3,"alone":2,"shared":1,"first":"2026-01-02T03:04:05Z","last":"2026-01-02T03:04:05Z","since":"2026-01-02T03:04:05Z"}}`))
	f.Add([]byte(`{"000102030405060708090a0b0c0d0e0f":null}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		path := filepath.Join(t.TempDir(), "attempts.json")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			t.Fatal(err)
		}
		m := NewMemory(path)
		if m.Load() != nil {
			return
		}
		m.dirty = true
		if err := m.Save(true); err != nil && !bytes.Contains([]byte(err.Error()), []byte("year")) {
			t.Error(err)
		}
	})
}
