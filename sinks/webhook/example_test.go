package webhook_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

func Example() {
	receiver := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		fmt.Println(r.Method, r.Header.Get("Content-Type"))
	}))
	defer receiver.Close()
	s := webhook.New(webhook.Options{
		URL:       func() (string, error) { return receiver.URL, nil },
		Form:      webhook.NDJSON,
		Transport: webhook.NewTransport(nil, 1, time.Minute),
		Timeout:   time.Minute,
	})
	defer func() { _ = s.Close() }()
	if err := s.Send(context.Background(), []*event.Event{{ID: "1"}, {ID: "2"}}); err != nil {
		fmt.Println(err)
	}
	// Output: POST application/x-ndjson
}
