//go:build integration

package consumer_test

import (
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// meddler passes on what a client and a broker say, and can say more to the broker in the
// client's name.
type meddler struct {
	url string

	mu     sync.Mutex
	broker net.Conn // of the first connection
}

// newMeddler returns one before the broker of the tests.
func newMeddler(t *testing.T) *meddler {
	t.Helper()
	at, err := url.Parse(brokerURL(t))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	to := at.Host
	at.Host = listener.Addr().String()
	m := &meddler{url: at.String()}
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			broker, err := net.Dial("tcp", to)
			if err != nil {
				_ = client.Close()
				return
			}
			m.pass(client, broker)
		}
	}()
	return m
}

func (m *meddler) pass(client, broker net.Conn) {
	m.mu.Lock()
	if m.broker == nil {
		m.broker = broker
	}
	m.mu.Unlock()
	for from, to := range map[net.Conn]net.Conn{client: broker, broker: client} {
		go func() {
			_, _ = io.Copy(to, from)
			_, _ = to.Close(), from.Close()
		}()
	}
}

// cancel has the broker end a consumer of the first connection's first channel, and not
// answer: a frame with the method basic.cancel, which needs no answer.
func (m *meddler) cancel(tag string) error {
	payload := append([]byte{0, 60, 0, 30, byte(len(tag))}, tag...)
	payload = append(payload, 1)
	frame := binary.BigEndian.AppendUint32([]byte{1, 0, 1}, uint32(len(payload)))
	frame = append(append(frame, payload...), 0xCE)
	m.mu.Lock()
	defer m.mu.Unlock()
	_, err := m.broker.Write(frame)
	return err
}

// TestAConsumerThatTheBrokerForgets stays connected and is handed nothing; a new session
// gets what waits.
func TestAConsumerThatTheBrokerForgets(t *testing.T) {
	leavesNothingRunning(t)
	a := newAdmin(t)
	queue := a.queueName()
	m := newMeddler(t)
	o := options(t, queue)
	o.Brokers = brokers(m.url)
	o.BacklogPeriod, o.UnservedAfter = 100*time.Millisecond, time.Second
	s := &sink{}
	r := start(t, s, o)
	eventually(t, "it consumes", func() bool { return r.Stats().Connected })
	a.publish(queue, numbers(0, 3)...)
	eventually(t, "it is served", func() bool { return s.has(3) && r.Stats().InFlight == 0 })
	if err := m.cancel(queue + "-1"); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	a.publish(queue, numbers(3, 3)...)
	eventually(t, "another session is served", func() bool { return s.has(6) })
	if st := r.Stats(); st.Failures[broker.CauseUnserved] != 1 || st.Epoch != 2 {
		t.Errorf("got %+v", st)
	}
	r.stop()
}
