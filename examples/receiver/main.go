// Receiver is an example of a web server that receives events from kojiwatch. It
// verifies the sender and drops duplicates. It needs only the standard library;
// receiver.py does the same in Python.
//
//	WEBHOOK_SECRET="whsec_..." go run ./examples/receiver -listen 127.0.0.1:8080
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	if err := run(os.Args[1:], os.Getenv("WEBHOOK_SECRET"), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(args []string, secrets string, out io.Writer) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet("receiver", flag.ContinueOnError)
	listen := flags.String("listen", "127.0.0.1:8080", "the `address` to listen on")
	window := flags.Duration("window", 10*time.Minute, "how `long` to drop events with the same id")
	if err := flags.Parse(args); err != nil {
		return err
	}
	keys, err := parseKeys(secrets)
	if err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *listen)
	if err != nil {
		return err
	}
	r := &receiver{keys: keys, seen: newSeen(*window), out: out}
	server := &http.Server{Handler: r, ReadTimeout: time.Minute, WriteTimeout: time.Minute}
	closed := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer closed()
	_, _ = fmt.Fprintf(out, "listening at %s\n", listener.Addr())
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// receiver accepts one event per request.
type receiver struct {
	keys [][]byte
	seen *seen
	out  io.Writer
}

// maxBody limits the size of a request's body, in bytes.
const maxBody = 1 << 20

// ServeHTTP answers 204 to an event that was handled now or earlier, 401 to a request
// that kojiwatch did not send, and 500 if the work fails; kojiwatch then sends the
// event again.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, maxBody))
	if err != nil {
		http.Error(w, "the body is too large or incomplete", http.StatusRequestEntityTooLarge)
		return
	}
	if err := verify(r.keys, req.Header, body, time.Now()); err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return
	}
	err = r.seen.once(req.Header.Get("webhook-id"), func() error { return r.handle(body) })
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

// handle does the work. This example prints the event. Texts in events come from
// anyone who may build, so it quotes them.
func (r *receiver) handle(body []byte) error {
	var event struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Summary string `json:"summary"`
	}
	if err := json.Unmarshal(body, &event); err != nil {
		return err
	}
	_, err := fmt.Fprintf(r.out, "%q %q %q\n", event.ID, event.Type, event.Summary)
	return err
}
