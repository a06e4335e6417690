package consumer

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func deliveryOf(body string) *Delivery { return &Delivery{RoutingKey: "k", Body: []byte(body)} }

func TestTheMemoryOfAttemptsIsBounded(t *testing.T) {
	m := newAttemptMemory("")
	now := time.Now()
	for i := range maxRemembered + 100 {
		m.remember(deliveryOf(strconv.Itoa(i)), &tries{All: 1, Alone: 1, Last: now.Add(time.Duration(i))})
	}
	if n := len(m.byID); n != maxRemembered {
		t.Errorf("%d are remembered", n)
	}
	if m.recall(deliveryOf("0")) != nil || m.recall(deliveryOf("200")) == nil {
		t.Error("not the oldest were forgotten")
	}
}

func TestAttemptsAreOfOneMessage(t *testing.T) {
	m := newAttemptMemory("")
	m.remember(&Delivery{Exchange: "a", RoutingKey: "bc", Body: []byte("x")}, &tries{All: 3, Alone: 3})
	if m.recall(&Delivery{Exchange: "ab", RoutingKey: "c", Body: []byte("x")}) != nil {
		t.Error("another message has the same identity")
	}
	got := m.recall(&Delivery{Exchange: "a", RoutingKey: "bc", Body: []byte("x"), DeliveryTag: 9, Redelivered: true})
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
			m := newAttemptMemory(path)
			if err := m.load(); err == nil || !strings.Contains(err.Error(), path) {
				t.Errorf("the error is %v", err)
			}
			m.remember(deliveryOf("1"), &tries{All: 1, Alone: 1, Last: time.Now()})
			if err := m.save(true); err != nil {
				t.Error(err)
			}
			again := newAttemptMemory(path)
			if err := again.load(); err != nil || again.recall(deliveryOf("1")) == nil {
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
		m := newAttemptMemory(path)
		if m.load() != nil {
			return
		}
		m.dirty = true
		if err := m.save(true); err != nil && !bytes.Contains([]byte(err.Error()), []byte("year")) {
			t.Error(err)
		}
	})
}
