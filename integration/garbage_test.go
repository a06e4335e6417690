//go:build integration

package integration

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// garbage returns messages that cannot become events, by a word that the error contains.
func garbage() map[string][]byte {
	random := make([]byte, 1000)
	source := rand.NewChaCha8([32]byte{1})
	_, _ = source.Read(random)
	return map[string][]byte{
		"no body":                    {},
		"not UTF-8":                  append([]byte{0xff}, random...),
		"more than the limit of":     bytes.Repeat([]byte(`{"a":"b"}`), 20<<20/9),
		"is not UTF-8":               []byte("{\"a\":\"\xc3\x28\"}"),
		"is truncated":               []byte("\x00\x53\x77\xb1\x00\x00\x10\x00{\"a\":"),
		"does not begin an AMQP 1.0": []byte("\x00\x53\x77\xa1\x02{}trailing"),
		"not JSON":                   []byte("hello"),
		"names no task":              []byte(`{"attribute":"state","new":"OPEN"}`),
	}
}

// unreadable returns a message that cannot be parsed.
func unreadable() replay.Message {
	m := replay.Message{Exchange: "amq.topic", RoutingKey: "koji.task.open"}
	m.Publishing.Body = []byte("hello")
	return m
}

// poison inserts garbage between good messages.
func poison(t *testing.T, good []replay.Message) ([]replay.Message, int) {
	t.Helper()
	bad := garbage()
	all := make([]replay.Message, 0, len(good)+len(bad))
	step := len(good) / (len(bad) + 1)
	for word, body := range bad {
		all = append(all, good[:step]...)
		good = good[step:]
		m := replay.Message{Exchange: "amq.topic", RoutingKey: "koji.task.open"}
		m.Publishing.Body = body
		m.Publishing.Headers = amqp.Table{"type": "TaskStateChange", "test": word}
		all = append(all, m)
	}
	return append(all, good...), len(bad)
}

// TestGarbage checks that good messages between garbage become events, and that the bad
// ones are in the dead-letter queue, unchanged and with reasons.
func TestGarbage(t *testing.T) {
	const n = 2_000
	v := rig.Broker(t)
	d := rig.Daemon(t, "run", "--config", durable(t, v.URL()))
	consuming(t, v)
	messages, bad := poison(t, recorded(t, n))
	publish(t, v, messages)
	arrived(t, n, d)
	holds(t, v, queue+".dead", bad)
	empty(t, v, queue)
	s := stop(t, d)
	ordered(t, events(t, d))
	if s.Done != n || s.Dead != uint64(bad) {
		t.Errorf("the daemon counted %+v", s)
	}
	want := garbage()
	for range bad {
		letter := get(t, v, queue+".dead")
		word, _ := letter.Headers["test"].(string)
		if reason := letter.Headers["x-kojiwatch-reason"]; reason != "unparseable" {
			t.Errorf("%s: reason %v", word, reason)
		}
		if text, _ := letter.Headers["x-kojiwatch-error"].(string); !strings.Contains(text, word) {
			t.Errorf("error %q does not contain %q", text, word)
		}
		if at, _ := letter.Headers["x-kojiwatch-time"].(string); !recent(at) {
			t.Errorf("%s: time %q", word, at)
		}
		for name, value := range map[string]string{
			"x-kojiwatch-exchange": "amq.topic", "x-kojiwatch-routing-key": "koji.task.open",
			"x-kojiwatch-queue": queue, "type": "TaskStateChange",
		} {
			if letter.Headers[name] != value {
				t.Errorf("%s: header %s is %v", word, name, letter.Headers[name])
			}
		}
		if !bytes.Equal(letter.Body, want[word]) {
			t.Errorf("%s: the body was changed", word)
		}
		delete(want, word)
	}
	for word := range want {
		t.Errorf("no dead letter for %q", word)
	}
}

func recent(text string) bool {
	at, err := time.Parse(time.RFC3339Nano, text)
	return err == nil && time.Since(at).Abs() < time.Hour
}

// get removes a message from a queue.
func get(t *testing.T, v *rig.VHost, name string) amqp.Delivery {
	t.Helper()
	conn, err := amqp.Dial(v.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	d, ok, err := ch.Get(name, true)
	if err != nil || !ok {
		t.Fatalf("get from %s: %v, %v", name, ok, err)
	}
	return d
}

// TestLockedDownBroker checks that a user that may only have its own queue, as on public
// brokers, gets events. Dead letters must go to a file; if that is not configured, the
// daemon's error says so.
func TestLockedDownBroker(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 500
	v := rig.Broker(t)
	v.AddUser(t, "guestbook", "public", rabbit.Permissions{
		Configure: "^" + queue + "$", Write: "^" + queue + "$", Read: "^(" + queue + "|amq\\.topic)$",
	})
	url := v.URLAs("guestbook", "public")

	refused := rig.Daemon(t, "run", "--config", configFor(t, url, "durable: true", "prefetch: 500"))
	if code := refused.WaitExit(t, patience); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	if text := refused.Stderr(); !strings.Contains(text, "dead_letters: file") || strings.Contains(text, "public") {
		t.Errorf("the error does not help, or contains the password:\n%s", text)
	}

	config := configFor(t, url, "durable: true", "dead_letters: file")
	d := rig.Daemon(t, "run", "--config", config)
	consuming(t, v)
	messages, bad := poison(t, recorded(t, n))
	publish(t, v, messages)
	letters := filepath.Join(filepath.Dir(config), "out.dead.jsonl")
	arrived(t, n, d)
	lettersIn(t, letters, bad)
	empty(t, v, queue)
	if s := stop(t, d); s.Dead != uint64(bad) {
		t.Errorf("the daemon counted %+v", s)
	}
	checkLetters(t, letters, bad)

	// The file is a recording: a replay reports the error of each dead letter.
	again := rig.Daemon(t, "replay", letters, "--format", "json")
	if code := again.WaitExit(t, patience); code != 1 {
		t.Errorf("replay ended with %d, want 1", code)
	}
	if lines := strings.Count(again.Stderr(), letters+":"); lines != bad {
		t.Errorf("the replay reports %d letters, want %d:\n%s", lines, bad, again.Stderr())
	}
}

// lettersIn waits until a file contains n dead letters.
func lettersIn(t *testing.T, path string, n int) {
	t.Helper()
	rig.Eventually(t, patience, func() error {
		text, err := os.ReadFile(path)
		if lines := bytes.Count(text, []byte("\n")); err == nil && lines < n {
			err = fmt.Errorf("%d of %d letters are in %s", lines, n, path)
		}
		return err
	})
}

func checkLetters(t *testing.T, path string, want int) {
	t.Helper()
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if mode := info.Mode().Perm(); mode != 0o600 {
		t.Errorf("dead letters have mode %o, want 600", mode)
	}
	type letter struct {
		Queue string
		Dead  struct{ Reason, Error, Time string }
	}
	letters, err := rig.ReadNDJSON[letter](path)
	if err != nil {
		t.Fatal(err)
	}
	if len(letters) != want {
		t.Errorf("%d dead letters, want %d", len(letters), want)
	}
	for _, l := range letters {
		if l.Dead.Reason != "unparseable" || l.Dead.Error == "" || !recent(l.Dead.Time) || l.Queue != queue {
			t.Errorf("letter %+v", l)
		}
	}
}
