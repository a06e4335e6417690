//go:build integration

package consumer_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"math/big"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// edited is the broker's URL with a change.
func edited(tb testing.TB, edit func(*url.URL)) string {
	tb.Helper()
	u, err := url.Parse(brokerURL(tb))
	if err != nil {
		tb.Fatal(err)
	}
	edit(u)
	return u.String()
}

const secret = "s3cret-Pa55"

func TestStartFailuresThatWaitingCannotHeal(t *testing.T) {
	leavesNothingRunning(t)
	a := newAdmin(t)
	exists := a.queueName()
	a.declare(exists)
	for _, c := range []struct {
		name  string
		edit  func(*consumer.Options)
		cause broker.Cause
		says  []string
	}{
		{
			name: "wrong password",
			edit: func(o *consumer.Options) {
				o.Brokers = brokers(edited(t, func(u *url.URL) { u.User = url.UserPassword("guest", secret) }))
			},
			cause: broker.CauseLogin,
			says:  []string{"403", "ACCESS_REFUSED", "password"},
		},
		{
			name:  "wrong virtual host",
			edit:  func(o *consumer.Options) { o.Brokers = brokers(edited(t, func(u *url.URL) { u.Path = "/no/such" })) },
			cause: broker.CauseVhost,
			says:  []string{"530", "no/such", "not found", "virtual host"},
		},
		{
			name: "no EXTERNAL",
			edit: func(o *consumer.Options) {
				at := brokerURL(t)
				o.Brokers = func(context.Context) ([]broker.Address, error) {
					return []broker.Address{{URL: at, External: true}}, nil
				}
			},
			cause: broker.CauseLogin,
			says:  []string{"SASL"},
		},
		{
			name: "settings that cannot be read",
			edit: func(o *consumer.Options) {
				o.Brokers = func(context.Context) ([]broker.Address, error) {
					return nil, fmt.Errorf("open password file: no such file")
				}
			},
			cause: broker.CauseSettings,
			says:  []string{"password file"},
		},
		{
			name:  "queue with other properties",
			edit:  func(o *consumer.Options) { o.Queue = consumer.Queue{Name: exists, Durable: true, SingleActive: true} },
			cause: broker.CauseTopology,
			says:  []string{"406", "x-single-active-consumer", exists},
		},
		{
			name:  "a queue type the broker does not know",
			edit:  func(o *consumer.Options) { o.Queue.Type = "nosuchtype" },
			cause: broker.CauseTopology,
			says:  []string{"nosuchtype", "406"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := options(t, a.queueName())
			c.edit(&o)
			fatal := start(t, &sink{}, o).fails()
			if fatal.Cause != c.cause {
				t.Errorf("cause %s, should be %s", fatal.Cause, c.cause)
			}
			for _, want := range c.says {
				if !strings.Contains(fatal.Error(), want) {
					t.Errorf("it does not say %q", want)
				}
			}
			if strings.Contains(fatal.Error(), secret) {
				t.Error("it shows the password")
			}
		})
	}
}

func TestABrokerThatIsNotThereYetIsWaitedFor(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := l.Addr().String()
	_ = l.Close()
	var mu sync.Mutex
	list := []broker.Address{{URL: "amqp://" + closed}, {URL: "amqp://no-such-host.invalid"}}
	o := options(t, q)
	o.Brokers = func(context.Context) ([]broker.Address, error) {
		mu.Lock()
		defer mu.Unlock()
		return list, nil
	}
	s := &sink{}
	r := start(t, s, o)
	eventually(t, "some attempts", func() bool { return r.Stats().Failures[broker.CauseConnect] >= 3 })
	mu.Lock()
	list = append(list, broker.Address{URL: brokerURL(t)})
	mu.Unlock()
	r.connected()
	a.publish(q, numbers(0, 1)...)
	eventually(t, "a value", func() bool { return s.has(1) })
}

func TestSecretsAreReadForEachDial(t *testing.T) {
	a, api := newAdmin(t), newAPI(t)
	q := a.queueName()
	api.user(q, "first", ".*", ".*", ".*")
	var mu sync.Mutex
	at, password := brokerURL(t), "first"
	o := options(t, q)
	o.Brokers = func(context.Context) ([]broker.Address, error) {
		mu.Lock()
		defer mu.Unlock()
		return []broker.Address{{URL: at, Username: q, Password: password}}, nil
	}
	r := start(t, &sink{}, o)
	r.connected()
	api.password(q, "second")
	eventually(t, "the connection is closed", func() bool { return api.kill(q) > 0 })
	eventually(t, "the old password is refused, and tried again", func() bool { return r.Stats().Failures[broker.CauseLogin] > 1 })
	mu.Lock()
	password = "second"
	mu.Unlock()
	r.connected()
}

func TestAPassiveQueueMayComeLater(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	o := options(t, q)
	o.Declare = consumer.Passive
	s := &sink{}
	r := start(t, s, o)
	eventually(t, "some attempts", func() bool { return r.Stats().Failures[broker.CauseTopology] >= 3 })
	a.declare(q)
	r.connected()
	a.publish(q, numbers(0, 1)...)
	eventually(t, "a value", func() bool { return s.has(1) })
}

func TestADeletedQueueIsDeclaredAgain(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	s := &sink{}
	r := start(t, s, options(t, q))
	r.connected()
	a.delete(q)
	eventually(t, "a new session", func() bool { return r.Stats().Epoch == 2 && r.Stats().Connected })
	a.publish(q, numbers(0, 1)...)
	eventually(t, "a value", func() bool { return s.has(1) })
	if st := r.Stats(); st.Failures[broker.CauseCancelled] != 1 {
		t.Errorf("failures: %v", st.Failures)
	}
}

func TestAChannelClosedByTheBrokerIsReplaced(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	a.declare(q)
	s := &sink{}
	o := options(t, q)
	o.Declare = consumer.None
	o.Bindings = []consumer.Binding{{Exchange: "not bound", Keys: []string{"#"}}}
	r := start(t, s, o)
	r.connected()
	a.delete(q)
	eventually(t, "consuming what is not there fails", func() bool { return r.Stats().Failures[broker.CauseTopology] >= 2 })
	a.declare(q)
	r.connected()
	a.publish(q, numbers(0, 1)...)
	eventually(t, "a value", func() bool { return s.has(1) })
}

func TestAQueueNamedByTheBroker(t *testing.T) {
	a := newAdmin(t)
	name := a.queueName()
	o := options(t, name)
	o.Queue = consumer.Queue{Exclusive: true, AutoDelete: true}
	o.Bindings = []consumer.Binding{{Exchange: "amq.topic", Keys: []string{name}}}
	o.DeadQueue = name + ".dead"
	s := &sink{}
	r := start(t, s, o)
	r.connected()
	if err := a.ch.PublishWithContext(t.Context(), "amq.topic", name, true, false, amqp.Publishing{Body: []byte("0")}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "a value", func() bool { return s.has(1) })
}

func TestTLS(t *testing.T) {
	a := newAdmin(t)
	q := a.queueName()
	cert, pool := selfSigned(t)
	p := newProxy(t, &tls.Config{Certificates: []tls.Certificate{cert}, MinVersion: tls.VersionTLS12})
	secure := strings.Replace(p.url(), "amqp://", "amqps://", 1)
	with := func(config *tls.Config, url string) consumer.Options {
		o := options(t, q)
		o.Brokers = func(context.Context) ([]broker.Address, error) {
			return []broker.Address{{URL: url, TLS: config}}, nil
		}
		return o
	}
	t.Run("trusted", func(t *testing.T) {
		s := &sink{}
		r := start(t, s, with(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}, secure))
		r.connected()
		a.publish(q, numbers(0, 100)...)
		eventually(t, "100 values", func() bool { return s.has(100) })
	})
	for name, o := range map[string]consumer.Options{
		"unknown authority": with(nil, secure),
		"other host name":   with(&tls.Config{RootCAs: pool, ServerName: "elsewhere", MinVersion: tls.VersionTLS12}, secure),
		"not TLS at all":    with(nil, strings.Replace(brokerURL(t), "amqp://", "amqps://", 1)),
	} {
		t.Run(name, func(t *testing.T) {
			if fatal := start(t, &sink{}, o).fails(); fatal.Cause != broker.CauseTLS {
				t.Errorf("cause %s", fatal.Cause)
			}
		})
	}
}

func TestAMissingClientCertificate(t *testing.T) {
	a := newAdmin(t)
	cert, pool := selfSigned(t)
	for name, version := range map[string]uint16{"TLS 1.2": tls.VersionTLS12, "TLS 1.3": tls.VersionTLS13} {
		t.Run(name, func(t *testing.T) {
			p := newProxy(t, &tls.Config{
				Certificates: []tls.Certificate{cert}, ClientAuth: tls.RequireAnyClientCert,
				MinVersion: version, MaxVersion: version,
			})
			o := options(t, a.queueName())
			o.Brokers = func(context.Context) ([]broker.Address, error) {
				return []broker.Address{{URL: strings.Replace(p.url(), "amqp://", "amqps://", 1), TLS: &tls.Config{RootCAs: pool, MinVersion: version}}}, nil
			}
			if fatal := start(t, &sink{}, o).fails(); fatal.Cause != broker.CauseTLS {
				t.Errorf("cause %s", fatal.Cause)
			}
		})
	}
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               pkix.Name{CommonName: "broker"},
		NotBefore:             time.Now().Add(-time.Hour),
		NotAfter:              time.Now().Add(time.Hour),
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:                  true,
		BasicConstraintsValid: true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
