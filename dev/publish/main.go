// Command publish publishes the messages of a recording to a broker, to the exchanges in the
// recording.
//
//	publish amqp://USER:PASSWORD@HOST:PORT/VHOST RECORDING
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "publish:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) (err error) {
	if len(args) != 2 {
		return errors.New("usage: publish URL RECORDING")
	}
	messages, err := replay.Load(args[1])
	if err != nil {
		return err
	}
	publisher, err := replay.Dial(args[0])
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, publisher.Close()) }()
	return publisher.Publish(ctx, messages...)
}
