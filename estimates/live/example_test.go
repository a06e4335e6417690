package live_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// Example asks a hub when a task will be done.
func Example() {
	started := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)
	now := started.Add(time.Minute)
	hub, err := hubtest.New(hubtest.Options{Clock: func() time.Time { return now }, Data: hubtest.Data{
		Channels: []hubtest.Channel{{ID: 1, Name: "default"}},
		Hosts:    []hubtest.Host{{ID: 1, Name: "x1", Arches: "x86_64", Capacity: 4, Ready: true, Channels: []string{"default"}}},
		Tasks: []hubtest.Task{{
			ID: 1, Method: "newRepo", State: "OPEN", Host: "x1", Channel: "default", Arch: "noarch",
			Created: started, Started: started, Request: []any{"f44-build"},
		}},
	}})
	if err != nil {
		log.Fatal(err)
	}
	server := httptest.NewServer(hub)
	defer server.Close()

	ctx := context.Background()
	c, err := kojirpc.New(kojirpc.Options{Server: server.URL + "/kojihub"})
	if err != nil {
		log.Fatal(err)
	}
	defer c.Close(ctx) //nolint:errcheck // it is only a client

	r, err := live.Open(ctx, c.API, live.Options{Name: "1", Now: func() time.Time { return now }})
	if err != nil {
		log.Fatal(err)
	}
	answer, err := r.Look(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(answer.State(), answer.Estimate.Known(), answer.Estimate.CompletionAt.After(now))
	// Output: OPEN true true
}
