package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/moby/moby/api/types/container"
	"github.com/moby/moby/api/types/network"
	"github.com/moby/moby/client"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/exec"
	"github.com/testcontainers/testcontainers-go/log"
	"github.com/testcontainers/testcontainers-go/wait"
)

// The ports in the container.
const (
	amqpPort  = "5672/tcp"
	adminPort = "15672/tcp"
)

const (
	startLimit = 3 * time.Minute // for a busy machine; it takes ten seconds on an idle one
	stopLimit  = time.Minute
	maxLog     = 1 << 20
)

// broker is a RabbitMQ in a container.
type broker struct {
	container testcontainers.Container
}

// start starts a broker and waits until it accepts connections. The setup has its ports,
// because ports that an engine chooses change with a restart.
func start(ctx context.Context, s setup) (*broker, error) {
	log.SetDefault(log.NewNoopLogger()) // the errors are enough
	ports := network.PortMap{
		network.MustParsePort(amqpPort):  loopback(s.AMQPPort),
		network.MustParsePort(adminPort): loopback(s.AdminPort),
	}
	for _, p := range s.Ports {
		ports[network.MustParsePort(strconv.Itoa(p)+"/tcp")] = loopback(p)
	}
	var exposed []string
	for p := range ports {
		exposed = append(exposed, p.String())
	}
	c, err := testcontainers.Run(ctx, s.Image,
		testcontainers.WithExposedPorts(exposed...),
		testcontainers.WithHostConfigModifier(func(c *container.HostConfig) { c.PortBindings = ports }),
		testcontainers.WithFiles(files(s.Files)...),
		testcontainers.WithWaitStrategy(wait.ForHTTP("/api/health/checks/port-listener/5672").
			WithPort(adminPort).WithBasicAuth(s.User, s.Password).WithStartupTimeout(startLimit)),
	)
	b := &broker{c}
	if err != nil {
		err = fmt.Errorf("start %s: %w", s.Image, err)
		if c != nil {
			words, _ := b.log(ctx)
			err = fmt.Errorf("%w\n%s", err, words)
			_ = b.remove(ctx)
		}
		return nil, err
	}
	return b, nil
}

// files returns the files, readable for the broker's user.
func files(contents map[string]string) []testcontainers.ContainerFile {
	var all []testcontainers.ContainerFile
	for path, text := range contents {
		all = append(all, testcontainers.ContainerFile{
			Reader: strings.NewReader(text), ContainerFilePath: path, FileMode: 0o644,
		})
	}
	return all
}

func loopback(port int) []network.PortBinding {
	return []network.PortBinding{{HostIP: netip.AddrFrom4([4]byte{127, 0, 0, 1}), HostPort: strconv.Itoa(port)}}
}

func (b *broker) stop(ctx context.Context) error {
	limit := stopLimit
	return b.container.Stop(ctx, &limit)
}

// kill kills the broker. testcontainers has no function for that.
func (b *broker) kill(ctx context.Context) error {
	engine, err := testcontainers.NewDockerClientWithOpts(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = engine.Close() }() // closes the connection
	_, err = engine.ContainerKill(ctx, b.container.GetContainerID(), client.ContainerKillOptions{})
	return err
}

// ctl runs rabbitmqctl and returns its standard output, or an error with its messages.
func (b *broker) ctl(ctx context.Context, args []string) ([]byte, error) {
	const script = `said=$(mktemp); rabbitmqctl --quiet "$@" 2>"$said"; code=$?; [ "$code" = 0 ] || cat "$said"; rm "$said"; exit "$code"`
	code, out, err := b.container.Exec(ctx, append([]string{"sh", "-c", script, "sh"}, args...), exec.Multiplexed())
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(out)
	if err == nil && code != 0 {
		err = fmt.Errorf("exit status %d: %s", code, bytes.TrimSpace(text))
	}
	return text, err
}

func (b *broker) log(ctx context.Context) ([]byte, error) {
	words, err := b.container.Logs(ctx)
	if err != nil {
		return nil, err
	}
	defer words.Close()
	text, err := io.ReadAll(words)
	return text[max(0, len(text)-maxLog):], err
}

func (b *broker) remove(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	if err := b.container.Terminate(ctx, testcontainers.StopTimeout(0)); err != nil {
		return fmt.Errorf("remove the broker's container: %w", err)
	}
	return nil
}
