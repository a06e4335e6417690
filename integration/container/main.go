// Command container runs RabbitMQ in a container with testcontainers-go, for the tests that
// start it; see integration/rig/rabbit.
//
// It reads a setup and then requests, as lines of JSON, from its standard input, and answers
// each with a line on its standard output. When the input ends, which also happens if the
// tests are killed, it removes the container.
//
// It is a separate module and program, because testcontainers-go depends on some sixty modules,
// which users of kojiwatch's packages should not get.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// callLimit is the timeout of a request to the engine.
const callLimit = 5 * time.Minute

// setup describes the broker to start.
type setup struct {
	Image               string
	User, Password      string            // of an administrator, as in the files
	AMQPPort, AdminPort int               // on 127.0.0.1 of this machine
	Ports               []int             // additional ports, the same in the container
	Files               map[string]string // contents by path in the container
}

// request is a request of the tests.
type request struct {
	Do   string
	Args []string
}

// answer is the result of the setup or of a request.
type answer struct {
	Output []byte `json:",omitempty"`
	Error  string `json:",omitempty"`
}

func main() {
	signal.Ignore(os.Interrupt, syscall.SIGTERM, syscall.SIGHUP) // the end of the input ends it
	if err := serve(context.Background(), json.NewDecoder(os.Stdin), json.NewEncoder(os.Stdout)); err != nil {
		fmt.Fprintln(os.Stderr, "container:", err)
		os.Exit(1)
	}
}

func serve(ctx context.Context, in *json.Decoder, out *json.Encoder) (err error) {
	var s setup
	if err := in.Decode(&s); err != nil {
		return fmt.Errorf("read the setup: %w", err)
	}
	b, err := start(ctx, s)
	if err != nil {
		return out.Encode(answer{Error: err.Error()})
	}
	defer func() { err = errors.Join(err, b.remove(ctx)) }()
	if err := out.Encode(answer{}); err != nil {
		return err
	}
	for {
		var r request
		if err := in.Decode(&r); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("read a request: %w", err)
		}
		if err := out.Encode(b.answer(ctx, r)); err != nil {
			return err
		}
	}
}

func (b *broker) answer(ctx context.Context, r request) answer {
	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	var a answer
	var err error
	switch r.Do {
	case "start":
		err = b.container.Start(ctx)
	case "stop":
		err = b.stop(ctx)
	case "kill":
		err = b.kill(ctx)
	case "ctl":
		a.Output, err = b.ctl(ctx, r.Args)
	case "log":
		a.Output, err = b.log(ctx)
	default:
		err = fmt.Errorf("unknown request %q", r.Do)
	}
	if err != nil {
		a.Error = err.Error()
	}
	return a
}
