// Command rabbitmq runs a private RabbitMQ for experiments, as the integration tests do.
//
//	rabbitmq                  runs until Ctrl-C
//	rabbitmq COMMAND ARGS...  runs until the command ends, and exits with its status
//
// The command finds the broker in KOJIWATCH_TEST_AMQP_URL and its management
// API in KOJIWATCH_TEST_ADMIN_URL. The broker's data are deleted at the end.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code, err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "rabbitmq:", err)
		code = 1
	}
	os.Exit(code)
}

func run(ctx context.Context, command []string) (int, error) {
	dir, err := os.MkdirTemp("", "kojiwatch-rabbitmq-")
	if err != nil {
		return 0, err
	}
	code, err := serve(ctx, dir, command)
	return code, errors.Join(err, os.RemoveAll(dir))
}

func serve(ctx context.Context, dir string, command []string) (int, error) {
	server, err := rabbit.Launch(ctx, dir)
	if err != nil {
		return 0, err
	}
	defer server.Close()
	env := []string{
		"KOJIWATCH_TEST_AMQP_URL=" + server.URL(),
		"KOJIWATCH_TEST_ADMIN_URL=" + server.AdminURL(),
	}
	if len(command) > 0 {
		return runCommand(ctx, command, env)
	}
	for _, line := range env {
		fmt.Printf("export %s\n", line)
	}
	<-ctx.Done()
	return 0, nil
}

// runCommand runs the command and returns its exit status. On an interrupt it stops the
// command and waits for it.
func runCommand(ctx context.Context, command, env []string) (int, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	err := cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.Exited() {
		return exit.ExitCode(), nil
	}
	return 0, err
}
