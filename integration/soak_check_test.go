//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// addSessionsHeld adds to the history the times at which a process returned messages that it
// had held for too long. No fault of the broker causes that, and it is correct.
func (s *soak) addSessionsHeld() {
	for _, r := range s.replicas {
		for _, p := range r.all {
			for line := range strings.Lines(p.Stderr()) {
				var l struct {
					Time        time.Time
					Cause, Sink string
				}
				if json.Unmarshal([]byte(line), &l) == nil && l.Cause == "held" {
					s.history = append(s.history, happening{r.name + ": gives back what " + l.Sink + " held", r.name, true, l.Time.Add(-time.Second), l.Time})
				}
			}
		}
	}
	slices.SortFunc(s.history, func(a, b happening) int { return a.from.Compare(b.from) })
}

// check checks the outcome of messages 1 to n with a sink.
func (s *soak) check(sink string, n int) {
	t := s.t
	t.Helper()
	var taken []out
	var deliveries []delivery
	tries := map[string]int{} // of bad events
	s.receiver.mu.Lock()
	for _, a := range s.receiver.asked {
		switch {
		case a.path != "/"+sink:
		case a.taken:
			taken = append(taken, a.out)
			deliveries = append(deliveries, delivery{a.number(t), a.about(), a.replica, a.request, a.at})
		case badness(a.number(t)) != good:
			tries[a.ID]++
		}
	}
	s.receiver.mu.Unlock()
	some(t, sink, unexplained(deliveries, s.begun, s.history))
	_, again := missing(t, n, taken)
	s.checkFates(sink, n)
	most := 0
	for _, times := range tries {
		most = max(most, times)
	}
	t.Logf("%s: %d messages, %d came twice, %d dead letters, the worst tried %d times", sink, n, again, len(s.letters[sink]), most)
}

// some reports errors, but only the first ones if there are many.
func some(t *testing.T, sink string, errs []string) {
	t.Helper()
	const most = 10
	for _, err := range errs[:min(most, len(errs))] {
		t.Errorf("%s: %s", sink, err)
	}
	if more := len(errs) - most; more > 0 {
		t.Errorf("%s: and %d more", sink, more)
	}
}

// checkFates checks that each message was delivered or is a dead letter, for the right
// reason.
func (s *soak) checkFates(sink string, n int) {
	t := s.t
	t.Helper()
	var errs []string
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Sprintf(format, args...)) }
	for _, l := range s.letters[sink] {
		number, err := strconv.Atoi(l.MessageId)
		if err != nil || number < 1 || number > n {
			wrong("a dead letter with the id %q", l.MessageId)
			continue
		}
		if got, want := l.Headers["x-kojiwatch-reason"], badness(number); got != want {
			wrong("message %d is a dead letter because of %s, %v (%v attempts, from %v to %v); want %q",
				number, got, l.Headers["x-kojiwatch-error"], l.Headers["x-kojiwatch-attempts"],
				l.Headers["x-kojiwatch-first-attempt"], l.Headers["x-kojiwatch-last-attempt"], want)
		}
	}
	for _, number := range s.without(sink, n) {
		if want := badness(number); want != good {
			wrong("message %d is no dead letter, and should be for %s", number, want)
		} else {
			wrong("message %d is lost", number)
		}
	}
	some(t, sink, errs)
}

// without returns the messages of 1 to n that are pending: good ones that have neither
// arrived nor become dead letters, and bad ones that are not dead letters.
func (s *soak) without(sink string, n int) (numbers []int) {
	ended := make([]bool, n+1)
	s.receiver.mu.Lock()
	for _, a := range s.receiver.asked {
		if number := a.number(s.t); a.path == "/"+sink && a.taken && badness(number) == good {
			ended[number] = true
		}
	}
	s.receiver.mu.Unlock()
	for _, l := range s.letters[sink] {
		if number, err := strconv.Atoi(l.MessageId); err == nil && number >= 0 && number <= n {
			ended[number] = true
		}
	}
	for number := 1; number <= n; number++ {
		if !ended[number] {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// collect removes the dead letters of a sink from its queue.
func (s *soak) collect(sink string) {
	t := s.t
	t.Helper()
	conn, err := amqp.Dial(s.broker.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	ch, err := conn.Channel()
	if err != nil {
		t.Fatal(err)
	}
	for {
		d, ok, err := ch.Get(sink+".dead", true)
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return
		}
		s.letters[sink] = append(s.letters[sink], d)
	}
}
