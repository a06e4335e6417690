package rig

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"

	amqp "github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
)

const (
	amqpVariable  = "KOJIWATCH_TEST_AMQP_URL"
	adminVariable = "KOJIWATCH_TEST_ADMIN_URL"
	adminPort     = "15672"
)

// inspector queries the state of a broker: a private server directly, others through
// the management API.
type inspector interface {
	QueueStats(ctx context.Context, vhost, name string) (rabbit.QueueStats, error)
	Connections(ctx context.Context, vhost string) ([]rabbit.Connection, error)
	CloseConnection(ctx context.Context, name, reason string) error
}

// server is a broker that ends with the tests.
type server interface {
	inspector
	URL() string
	AdminURL() string
	Admin() *rabbit.Admin
	Start(context.Context) error
	Stop(context.Context) error
	Restart(context.Context) error
	Kill()
	Close()
	Ctl(ctx context.Context, args ...string) ([]byte, error)
	LogTail(n int) string
	Dir() string // of its files, or of the program that runs its container
}

// backend is a broker that tests use: a private server or a given one.
type backend struct {
	url, adminURL string
	admin         *rabbit.Admin
	lasting       bool // outlives a test, so what a test creates must be deleted
	inspector
}

func private(s server) *backend {
	return &backend{url: s.URL(), adminURL: s.AdminURL(), admin: s.Admin(), inspector: s}
}

// external returns the broker at an AMQP URL. If adminAddress is empty, the management
// API is on the same host, on its usual port.
func external(address, adminAddress string) (*backend, error) {
	uri, err := amqp.ParseURI(address)
	if err != nil {
		return nil, fmt.Errorf("%s: not an AMQP URL: %w", amqpVariable, err)
	}
	if adminAddress == "" {
		u := url.URL{Scheme: "http", User: url.UserPassword(uri.Username, uri.Password), Host: uri.Host + ":" + adminPort}
		adminAddress = u.String()
	}
	admin, err := rabbit.NewAdmin(adminAddress)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", adminVariable, err)
	}
	return &backend{url: address, adminURL: adminAddress, admin: admin, lasting: true, inspector: admin}, nil
}

// shared returns the broker of all tests, which it starts on the first call.
func (s *suite) shared(ctx context.Context) (*backend, error) {
	s.brokerOnce.Do(func() {
		if given() {
			s.broker, s.brokerErr = external(os.Getenv(amqpVariable), os.Getenv(adminVariable))
			return
		}
		var server server
		if server, s.brokerErr = s.launch(ctx); s.brokerErr == nil {
			s.broker = private(server)
			s.broker.lasting = true
		}
	})
	return s.broker, s.brokerErr
}

// launch starts a private server that is closed with the suite, if not before.
func (s *suite) launch(ctx context.Context, opts ...rabbit.Option) (server, error) {
	dir, err := os.MkdirTemp(s.dir, "rabbit")
	if err != nil {
		return nil, err
	}
	server, err := s.launchIn(ctx, dir, opts)
	if err != nil {
		return nil, err
	}
	if err := s.own(server); err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return server, nil
}
