package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
)

// plainCommand is the argument that makes this program the plain webhook sender.
const plainCommand = "plain"

// plain posts a number of messages, several at once, and acknowledges each when the receiver
// has it. It is the simplest program with the client library and net/http: without parsing,
// order and retries.
func plain(args []string) error {
	f := flag.NewFlagSet(plainCommand, flag.ContinueOnError)
	c := consumption{}
	c.flags(f)
	to := f.String("to", "", "receiver")
	inFlight := f.Int("in-flight", inFlight, "requests at once")
	if err := f.Parse(args); err != nil {
		return err
	}
	conn, deliveries, err := c.begin()
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: *inFlight}}
	work := make(chan amqp.Delivery)
	errs := make(chan error, *inFlight)
	var all sync.WaitGroup
	for range *inFlight {
		all.Go(func() { errs <- postAll(client, *to, work) })
	}
	for range c.count {
		d, ok := <-deliveries
		if !ok {
			return errors.New("the broker closed the channel")
		}
		select {
		case work <- d:
		case err := <-errs:
			return err
		}
	}
	close(work)
	all.Wait()
	for range *inFlight {
		if err := <-errs; err != nil {
			return err
		}
	}
	return conn.Close()
}

func postAll(client *http.Client, to string, work <-chan amqp.Delivery) error {
	for d := range work {
		if err := post(client, to, d.Body); err != nil {
			return err
		}
		if err := d.Ack(false); err != nil {
			return err
		}
	}
	return nil
}

func post(client *http.Client, to string, body []byte) error {
	r, err := http.NewRequestWithContext(context.Background(), http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := client.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil {
		return err
	}
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("the receiver answered %s", answer.Status)
	}
	return nil
}
