// Command stack has the parts of the development stack (docker-compose.yml) that are written
// for it.
//
//	stack hub       a simulated Koji hub with the data of a recording
//	stack player    replays a recording in a loop
//	stack receiver  a web server that shows the events it gets, or fails on request
//	stack health    checks whether one of these answers, for health checks
//
// Each has --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	root := &cobra.Command{Use: "stack", Short: "The parts of the development stack", SilenceUsage: true}
	root.AddCommand(hubCommand(), playerCommand(), receiverCommand(), healthCommand())
	err := root.ExecuteContext(ctx)
	stop()
	if err != nil {
		os.Exit(1)
	}
}

// recordingFlag adds the flag for the recording, which is in the image.
func recordingFlag(cmd *cobra.Command, file *string) {
	cmd.Flags().StringVar(file, "recording", "/recording.jsonl", "the `file` with the recording")
}

// serve serves until ctx ends.
func serve(ctx context.Context, address string, h http.Handler) error {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(listener) }()
	fmt.Println("listening on", listener.Addr())
	select {
	case err := <-ended:
		return err
	case <-ctx.Done():
	}
	err = server.Close()
	if end := <-ended; !errors.Is(end, http.ErrServerClosed) {
		err = errors.Join(err, end)
	}
	return err
}

func healthCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "health URL",
		Short: "Ask for a page, and fail if there is none",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), 5*time.Second)
			defer cancel()
			return send(ctx, http.MethodGet, args[0], nil)
		},
	}
}

// send makes a request and ignores the body of the response.
func send(ctx context.Context, method, url string, body io.Reader) error {
	req, err := http.NewRequestWithContext(ctx, method, url, body)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("%s %s: %s", method, url, resp.Status)
	}
	return nil
}
