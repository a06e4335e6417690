package consumer

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// dialer makes links.
type dialer struct {
	brokers     func(context.Context) ([]Broker, error)
	name        string
	product     string
	version     string
	heartbeat   time.Duration
	dialTimeout time.Duration
	rpcTimeout  time.Duration
	turn        int // counts the dials: whose turn it is
}

// dial tries each broker once, beginning after the last one that was tried. The
// error is that of the last, unless another one is beyond waiting.
func (d *dialer) dial(ctx context.Context) (*link, error) {
	var worst *failure
	for tries := 1; ; tries++ {
		brokers, err := d.brokers(ctx)
		if err == nil && len(brokers) == 0 {
			err = errors.New("no brokers")
		}
		if err != nil {
			return nil, &failure{CauseSettings, "correct the settings of the broker", fmt.Errorf("broker settings: %w", err)}
		}
		l, fail := d.dialOne(ctx, brokers[d.turn%len(brokers)])
		if fail == nil {
			return l, nil
		}
		d.turn++
		if worst == nil || worst.remedy == "" {
			worst = fail
		}
		if tries >= len(brokers) || ctx.Err() != nil {
			return nil, worst
		}
	}
}

func (d *dialer) dialOne(ctx context.Context, b Broker) (*link, *failure) {
	at, err := b.address()
	if err != nil {
		return nil, &failure{CauseSettings, "correct the broker URL", err}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, d.dialTimeout, fmt.Errorf("no answer within %s", d.dialTimeout))
	defer cancel()
	l := &link{broker: at.String(), timeout: d.rpcTimeout}
	conn, fail := d.reach(ctx, at, b.TLS)
	if fail == nil {
		l.wire = &wire{Conn: conn, writeTimeout: d.rpcTimeout, readTimeout: 3 * d.heartbeat}
		fail = d.login(ctx, l, at, b.External)
	}
	if fail != nil {
		fail.err = fmt.Errorf("connect to %s: %w", l.broker, fail.err)
		return nil, fail
	}
	return l, nil
}

// reach makes the connection below AMQP.
func (d *dialer) reach(ctx context.Context, at *address, config *tls.Config) (net.Conn, *failure) {
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(at.host, at.port))
	if err != nil {
		return nil, &failure{CauseConnect, "", err}
	}
	conn := newBuffered(raw)
	if !at.secure {
		return conn, nil
	}
	if config == nil {
		config = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	if config.ServerName == "" {
		config = config.Clone()
		config.ServerName = at.host
	}
	secured := tls.Client(conn, config)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = raw.Close()
		return nil, tlsFailure(err)
	}
	return secured, nil
}

// login makes the AMQP connection; whatever it waits for, the end of ctx cuts
// short.
func (d *dialer) login(ctx context.Context, l *link, at *address, external bool) *failure {
	unwatch := context.AfterFunc(ctx, func() { l.wire.cut(context.Cause(ctx)) })
	defer unwatch()
	config := amqp.Config{
		Vhost:      at.vhost,
		Heartbeat:  d.heartbeat,
		FrameSize:  128 << 10,
		Locale:     "en_US",
		Properties: d.properties(),
	}
	config.SASL = []amqp.Authentication{newCredentials(at, external, config.Properties)}
	var err error
	if l.Connection, err = amqp.Open(l.wire, config); err == nil {
		return nil
	}
	err = l.explain(err)
	l.wire.cut(net.ErrClosed)
	if fail := tlsFailure(err); fail.cause == CauseTLS {
		return fail // TLS 1.3 reports a missing client certificate only now
	}
	return loginFailure(err)
}

// properties is what the broker shows of us.
func (d *dialer) properties() amqp.Table {
	p := amqp.Table{
		"product":  d.product,
		"version":  d.version,
		"platform": "Go",
	}
	p.SetClientConnectionName(d.name)
	return p
}

// credentials are those of one login.
type credentials struct {
	mechanism, response string
	properties          amqp.Table
}

func newCredentials(at *address, external bool, properties amqp.Table) *credentials {
	if external {
		return &credentials{"EXTERNAL", "", properties}
	}
	return &credentials{"PLAIN", "\x00" + at.username + "\x00" + at.password, properties}
}

// Mechanism is that of SASL.
func (c *credentials) Mechanism() string { return c.mechanism }

// Response is asked for after the client library has filled in what the client is
// capable of, which leaves out that it understands a refused login. Without that
// the broker just closes the connection, and a wrong password looks like a
// network failure.
func (c *credentials) Response() string {
	if capabilities, ok := c.properties["capabilities"].(amqp.Table); ok {
		capabilities["authentication_failure_close"] = true
	}
	return c.response
}
