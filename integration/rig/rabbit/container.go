package rabbit

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/port"
)

// Container is a private RabbitMQ in a container, which is run by the program in
// integration/container, the only module that uses testcontainers-go. Close ends it.
type Container struct {
	commands
	url, adminURL string
	admin         *Admin

	mu      sync.Mutex // guards the fields below, and serialises requests
	program *exec.Cmd
	input   io.WriteCloser
	answers *json.Decoder
	running bool
	closed  bool
}

// containerSetup, containerRequest and containerAnswer are the lines of JSON that the
// program reads and writes.
type containerSetup struct {
	Image               string
	User, Password      string
	AMQPPort, AdminPort int
	Ports               []int
	Files               map[string]string
}

type containerRequest struct {
	Do   string
	Args []string
}

type containerAnswer struct {
	Output []byte
	Error  string
}

// LaunchContainer starts a broker of an image with the program of integration/container,
// which works in dir, and waits until the broker accepts connections.
func LaunchContainer(ctx context.Context, dir, program, image string, opts ...Option) (*Container, error) {
	setup, err := newContainerSetup(image, newOptions(opts))
	if err != nil {
		return nil, err
	}
	user := url.UserPassword(setup.User, setup.Password)
	amqp := url.URL{Scheme: "amqp", User: user, Host: port.Loopback(setup.AMQPPort), Path: "/"}
	admin := url.URL{Scheme: "http", User: user, Host: port.Loopback(setup.AdminPort)}
	c := &Container{url: amqp.String(), adminURL: admin.String()}
	c.commands = c.Ctl
	if c.admin, err = NewAdmin(c.adminURL); err != nil {
		return nil, err
	}
	if err := c.run(ctx, dir, program); err != nil {
		return nil, err
	}
	if _, err = c.exchange(setup); err == nil {
		c.running = true
		err = c.waitReady(ctx)
	}
	if err != nil {
		c.Close()
		return nil, fmt.Errorf("run RabbitMQ in a container: %w", err)
	}
	return c, nil
}

func newContainerSetup(image string, o options) (containerSetup, error) {
	s := containerSetup{Image: image, User: "rig", Password: rand.Text()}
	ports, err := port.Free(2)
	if err != nil {
		return s, err
	}
	s.AMQPPort, s.AdminPort = ports[0], ports[1]
	lines := append(o.lines(s.User, s.Password, "0.0.0.0"),
		// Statistics are at most a second old, and messages may be as large as on
		// RabbitMQ 3.
		"collect_statistics_interval = 1000", "max_message_size = 134217728")
	s.Files = map[string]string{
		"/etc/rabbitmq/enabled_plugins":    o.enabledPlugins(),
		"/etc/rabbitmq/conf.d/90-rig.conf": strings.Join(lines, "\n") + "\n",
	}
	for _, path := range o.files {
		text, err := os.ReadFile(path)
		if err != nil {
			return s, err
		}
		s.Files[path] = string(text)
	}
	for _, p := range o.listeners {
		s.Ports = append(s.Ports, p)
	}
	return s, nil
}

// run starts the program. If the tests are killed, it lives until it has removed the
// container.
func (c *Container) run(ctx context.Context, dir, program string) error {
	cmd := exec.CommandContext(context.WithoutCancel(ctx), program)
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	// The program removes its container, so the reaper's image need not be fetched. The
	// ports are on this machine, even if the tests themselves seem to run in a container.
	cmd.Env = append(os.Environ(), "TESTCONTAINERS_RYUK_DISABLED=true", "TESTCONTAINERS_HOST_OVERRIDE=127.0.0.1")
	input, err := cmd.StdinPipe()
	if err != nil {
		return err
	}
	output, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", program, err)
	}
	c.program, c.input, c.answers = cmd, input, json.NewDecoder(output)
	return nil
}

// exchange sends the program a line and reads its answer.
func (c *Container) exchange(line any) ([]byte, error) {
	if err := json.NewEncoder(c.input).Encode(line); err != nil {
		return nil, fmt.Errorf("write to the container's program: %w", err)
	}
	var a containerAnswer
	if err := c.answers.Decode(&a); err != nil {
		return nil, fmt.Errorf("read from the container's program: %w", err)
	}
	if a.Error != "" {
		return a.Output, errors.New(a.Error)
	}
	return a.Output, nil
}

func (c *Container) do(ctx context.Context, what string, args ...string) ([]byte, error) {
	if c.closed {
		return nil, errors.New("the container has been removed")
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return c.exchange(containerRequest{what, args})
}

// URL is the address for AMQP 0-9-1 and 1.0 clients, with the name and password
// of an administrator and the vhost /.
func (c *Container) URL() string { return c.url }

// AdminURL is the root of the management API, with an administrator's name and
// password.
func (c *Container) AdminURL() string { return c.adminURL }

// Dir returns the working directory of the container's program.
func (c *Container) Dir() string { return c.program.Dir }

// Admin speaks to the management API.
func (c *Container) Admin() *Admin { return c.admin }

// Start starts a broker that was stopped or killed, with its ports and data as
// they were, and waits until it takes connections.
func (c *Container) Start(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		return errors.New("start RabbitMQ: already running")
	}
	if _, err := c.do(ctx, "start"); err != nil {
		return fmt.Errorf("start RabbitMQ: %w", err)
	}
	c.running = true
	return c.waitReady(ctx)
}

func (c *Container) waitReady(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyLimit)
	defer cancel()
	tick := time.NewTicker(readyPoll)
	defer tick.Stop()
	for !ready(ctx, c.url, c.admin) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("not ready: %w", ctx.Err())
		}
	}
	return nil
}

// Stop stops the broker as its operator would.
func (c *Container) Stop(ctx context.Context) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.admin.Forget()
	if _, err := c.do(ctx, "stop"); err != nil {
		return fmt.Errorf("stop RabbitMQ: %w", err)
	}
	c.running = false
	return nil
}

// Restart stops the broker and starts it again.
func (c *Container) Restart(ctx context.Context) error {
	if err := c.Stop(ctx); err != nil {
		return err
	}
	return c.Start(ctx)
}

// Kill ends the broker at once, as a crash of its machine would.
func (c *Container) Kill() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.running {
		_, _ = c.do(context.Background(), "kill") // Start fails if it still runs
		c.running = false
	}
	c.admin.Forget()
}

// Ctl runs rabbitmqctl in the container and returns its output.
func (c *Container) Ctl(ctx context.Context, args ...string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	out, err := c.do(ctx, "ctl", args...)
	if err != nil {
		return nil, fmt.Errorf("rabbitmqctl %s: %w", args[0], err)
	}
	return out, nil
}

// LogTail is the last n lines of the broker's log.
func (c *Container) LogTail(n int) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	text, err := c.do(context.Background(), "log")
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}

// Close removes the container with everything in it.
func (c *Container) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	c.closed = true
	c.admin.Forget()
	_ = c.input.Close()
	_ = c.program.Wait() // the program has already written its errors
}
