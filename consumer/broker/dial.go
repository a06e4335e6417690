package broker

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// Options configure connections. Zero values mean the defaults named.
type Options struct {
	// Brokers returns the brokers to try in turn. It is called before every
	// dial, so passwords and certificates read by it are always fresh.
	Brokers func(ctx context.Context) ([]Address, error)
	// Name is the name of the connection, as the broker shows it. Default: Product.
	Name string
	// Product and Version identify the program to the broker. Default: kojiwatch, unknown.
	Product, Version string
	// Heartbeat is the heartbeat interval requested from the broker. Default: 20 s.
	Heartbeat time.Duration
	// DialTimeout bounds connecting to a broker, including login. Default: 30 s.
	DialTimeout time.Duration
	// RPCTimeout bounds every other request to a broker and each write to it. Default: 30 s.
	RPCTimeout time.Duration
}

// SetDefaults replaces zero values by the defaults.
func (o *Options) SetDefaults() {
	o.Product = cmp.Or(o.Product, "kojiwatch")
	o.Version = cmp.Or(o.Version, "unknown")
	o.Name = cmp.Or(o.Name, o.Product)
	o.Heartbeat = cmp.Or(o.Heartbeat, 20*time.Second)
	o.DialTimeout = cmp.Or(o.DialTimeout, 30*time.Second)
	o.RPCTimeout = cmp.Or(o.RPCTimeout, 30*time.Second)
}

// Dialer makes connections. One goroutine at a time may use it.
type Dialer struct {
	o    Options
	next int // counts the brokers tried
}

// NewDialer returns a dialer. It does not connect.
func NewDialer(o Options) *Dialer {
	o.SetDefaults()
	return &Dialer{o: o}
}

// Name returns the name of the connections.
func (d *Dialer) Name() string { return d.o.Name }

// Skip makes the next Dial begin with the broker after the last one tried.
func (d *Dialer) Skip() { d.next++ }

// Dial tries each broker once, beginning with the last one tried. If all fail, it returns the
// last error, or rather one that retrying cannot fix.
func (d *Dialer) Dial(ctx context.Context) (*Connection, error) {
	var worst *Failure
	for tries := 1; ; tries++ {
		brokers, err := d.o.Brokers(ctx)
		if err == nil && len(brokers) == 0 {
			err = errors.New("no brokers")
		}
		if err != nil {
			return nil, &Failure{CauseSettings, "correct the settings of the broker", fmt.Errorf("broker settings: %w", err)}
		}
		c, fail := d.dialOne(ctx, brokers[d.next%len(brokers)])
		if fail == nil {
			return c, nil
		}
		d.next++
		if worst == nil || worst.Hint == "" {
			worst = fail
		}
		if tries >= len(brokers) || ctx.Err() != nil {
			return nil, worst
		}
	}
}

func (d *Dialer) dialOne(ctx context.Context, b Address) (*Connection, *Failure) {
	at, err := b.endpoint()
	if err != nil {
		return nil, &Failure{CauseSettings, "correct the broker URL", err}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, d.o.DialTimeout, fmt.Errorf("no answer within %s", d.o.DialTimeout))
	defer cancel()
	c := &Connection{address: at.String(), timeout: d.o.RPCTimeout}
	conn, fail := d.reach(ctx, at, b.TLS)
	if fail == nil {
		c.conn = &monitoredConn{Conn: conn, writeTimeout: d.o.RPCTimeout, readTimeout: 3 * d.o.Heartbeat}
		fail = d.login(ctx, c, at, b.External)
	}
	if fail != nil {
		fail.Err = fmt.Errorf("connect to %s: %w", c.address, fail.Err)
		return nil, fail
	}
	return c, nil
}

// reach opens the TCP or TLS connection.
func (d *Dialer) reach(ctx context.Context, at *endpoint, config *tls.Config) (net.Conn, *Failure) {
	raw, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(at.host, at.port))
	if err != nil {
		return nil, &Failure{CauseConnect, "", err}
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

// login opens the AMQP connection; the end of ctx cuts it.
func (d *Dialer) login(ctx context.Context, c *Connection, at *endpoint, external bool) *Failure {
	unwatch := context.AfterFunc(ctx, func() { c.conn.cut(context.Cause(ctx)) })
	defer unwatch()
	config := amqp.Config{
		Vhost:      at.vhost,
		Heartbeat:  d.o.Heartbeat,
		FrameSize:  128 << 10,
		Locale:     "en_US",
		Properties: d.properties(),
	}
	config.SASL = []amqp.Authentication{newCredentials(at, external, config.Properties)}
	var err error
	if c.amqp, err = amqp.Open(c.conn, config); err == nil {
		return nil
	}
	err = c.Explain(err)
	c.conn.cut(net.ErrClosed)
	if fail := tlsFailure(err); fail.Cause == CauseTLS {
		return fail // TLS 1.3 reports a missing client certificate only now
	}
	return loginFailure(err)
}

// properties returns the client properties that the broker shows.
func (d *Dialer) properties() amqp.Table {
	p := amqp.Table{
		"product":  d.o.Product,
		"version":  d.o.Version,
		"platform": "Go",
	}
	p.SetClientConnectionName(d.o.Name)
	return p
}

// credentials implement amqp.Authentication for one login.
type credentials struct {
	mechanism, response string
	properties          amqp.Table
}

func newCredentials(at *endpoint, external bool, properties amqp.Table) *credentials {
	if external {
		return &credentials{"EXTERNAL", "", properties}
	}
	return &credentials{"PLAIN", "\x00" + at.username + "\x00" + at.password, properties}
}

// Mechanism returns the name of the SASL mechanism.
func (c *credentials) Mechanism() string { return c.mechanism }

// Response also announces that the client understands a refused login. The client library
// calls it after it has set the client's capabilities, which lack this one. Without it the
// broker just closes the connection, and a wrong password looks like a network failure.
func (c *credentials) Response() string {
	if capabilities, ok := c.properties["capabilities"].(amqp.Table); ok {
		capabilities["authentication_failure_close"] = true
	}
	return c.response
}
