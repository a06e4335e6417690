// Command kojiwatch watches a Koji build system over its message bus.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
)

func main() { os.Exit(run()) }

// run runs the command line until it ends or a signal stops it. The first signal stops it
// gracefully; a second one ends it at once.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-ctx.Done():
			stop() // from here on a signal has its default effect
		case <-done:
		}
	}()
	streams := cliutil.Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	cmd := rootCommand(streams)
	cmd.SetArgs(os.Args[1:])
	return exitCode(cmd.ExecuteContext(ctx), streams.Err)
}
