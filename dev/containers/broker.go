package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/log"
	"github.com/testcontainers/testcontainers-go/wait"
)

// The ports in the container.
const (
	amqpPort  = "5672/tcp"
	adminPort = "15672/tcp"
)

// startLimit is how long a broker may take to start on a busy machine; an idle
// one takes about ten seconds.
const startLimit = 3 * time.Minute

// broker is a RabbitMQ in a container.
type broker struct {
	container   testcontainers.Container
	amqp, admin string // HOST:PORT
}

// start starts a broker and waits until it takes connections. Its ports are
// chosen beforehand: those that the engine chooses change with a restart.
func start(ctx context.Context, image string) (*broker, error) {
	log.SetDefault(log.NewNoopLogger()) // errors say what went wrong
	b := &broker{}
	var err error
	for _, address := range []*string{&b.amqp, &b.admin} {
		if *address, err = freeAddress(); err != nil {
			return nil, err
		}
	}
	b.container, err = testcontainers.Run(ctx, image,
		testcontainers.WithExposedPorts(amqpPort, adminPort),
		testcontainers.WithHostConfigModifier(func(c *container.HostConfig) {
			c.PortBindings = network.PortMap{
				network.MustParsePort(amqpPort):  binding(b.amqp),
				network.MustParsePort(adminPort): binding(b.admin),
			}
		}),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/api/health/checks/port-listener/5672").
			WithPort(adminPort).WithBasicAuth("guest", "guest").WithStartupTimeout(startLimit)),
	)
	if err != nil {
		b.showLog(ctx)
		_ = testcontainers.TerminateContainer(b.container)
		return nil, fmt.Errorf("start %s: %w", image, err)
	}
	return b, nil
}

// freeAddress is an address on loopback that nobody listens at right now.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("find a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

func binding(address string) []network.PortBinding {
	at := netip.MustParseAddrPort(address)
	return []network.PortBinding{{HostIP: at.Addr(), HostPort: fmt.Sprint(at.Port())}}
}

// env tells the tests where the broker is.
func (b *broker) env() []string {
	return []string{
		"KOJIWATCH_TEST_AMQP_URL=amqp://guest:guest@" + b.amqp,
		"KOJIWATCH_TEST_ADMIN_URL=http://guest:guest@" + b.admin,
		"KOJIWATCH_TEST_RESTART=docker restart --time 60 " + b.container.GetContainerID(),
	}
}

func (b *broker) end(ctx context.Context) error {
	if err := b.container.Terminate(ctx); err != nil {
		return fmt.Errorf("remove the broker's container: %w", err)
	}
	return nil
}

// showLog shows what a broker that does not start says.
func (b *broker) showLog(ctx context.Context) {
	if b.container == nil {
		return
	}
	words, err := b.container.Logs(ctx)
	if err != nil {
		return
	}
	defer words.Close()
	_, _ = io.Copy(os.Stderr, io.LimitReader(words, 64<<10))
}
