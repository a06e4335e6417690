// Command containers runs a command while a RabbitMQ runs in a container.
//
//	containers -image=IMAGE COMMAND ARGS...
//
// The command finds the broker in KOJIWATCH_TEST_AMQP_URL, its management API in
// KOJIWATCH_TEST_ADMIN_URL, and in KOJIWATCH_TEST_RESTART a shell command that
// restarts it with its ports and data as they were. Broker and data are then
// gone; the exit status is that of the command.
//
// It is a module of its own: testcontainers-go brings some sixty modules, which
// nobody who builds or imports kojiwatch should see.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"
)

// endLimit is how long the container may take to go away.
const endLimit = time.Minute

func main() {
	image := flag.String("image", "", "the `image` of the broker, such as dev/rabbitmq-image prints")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	code, err := run(ctx, *image, flag.Args())
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "containers:", err)
		code = 1
	}
	os.Exit(code)
}

func run(ctx context.Context, image string, command []string) (code int, err error) {
	if image == "" || len(command) == 0 {
		return 0, errors.New("say which image to take, and what to run while the broker runs")
	}
	b, err := start(ctx, image)
	if err != nil {
		return 0, err
	}
	defer func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), endLimit)
		defer cancel()
		err = errors.Join(err, b.end(ending))
	}()
	return runCommand(ctx, command, b.env())
}

// runCommand gives the command's exit status. On an interruption the command is
// asked to end and waited for.
func runCommand(ctx context.Context, command, env []string) (int, error) {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Env = append(os.Environ(), env...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Exited() {
		return exit.ExitCode(), nil
	}
	return 0, err
}
