//go:build integration

package rig

import (
	"testing"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig/wire"
)

func TestLinkToTheBrokerIsCut(t *testing.T) {
	v := Broker(t)
	link := Proxy(t, v)
	for name, how := range map[string]wire.Cut{"reset": wire.Reset, "close": wire.Close} {
		t.Run(name, func(t *testing.T) {
			conn, ch := connect(t, link.URL(v.URL()), "behind the proxy")
			queue(t, ch, "q-"+name)
			closed := conn.NotifyClose(make(chan *amqp.Error, 1))
			if n := link.Cut(how); n != 1 {
				t.Errorf("cut %d connections, want 1", n)
			}
			if err := <-closed; err == nil {
				t.Error("the client did not notice that the connection was cut")
			}
			_, ch = connect(t, link.URL(v.URL()), "again")
			if _, err := ch.QueueDeclarePassive("q-"+name, true, false, false, false, nil); err != nil {
				t.Errorf("on a new connection: %v", err)
			}
			link.Cut(how)
		})
	}
}
