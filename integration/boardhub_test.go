//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// onBoard returns what the API says of the builds on a board, by key.
func onBoard(t *testing.T, address string) (map[string]boardBuild, error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/api/v1/builds", http.NoBody)
	if err != nil {
		return nil, err
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	var answer struct{ Builds []boardBuild }
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return nil, err
	}
	all := map[string]boardBuild{}
	for _, b := range answer.Builds {
		all[b.Key] = b
	}
	return all, nil
}

type boardBuild struct {
	Key, State, Owner, Package, URL string
	Estimate                        *struct {
		CompletionAt time.Time `json:"completion_at"`
	}
}

// TestBoardAfterRestart: what runs and waits is on the board soon after a restart, with
// estimates by what was learnt before, although no event is about it.
func TestBoardAfterRestart(t *testing.T) {
	t.Parallel()
	v := rig.Broker(t)
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Data{
		Users: []hubtest.User{{Name: "alice"}}, Channels: []hubtest.Channel{{Name: "default"}},
		Hosts: []hubtest.Host{{Name: "builder1", Arches: "x86_64 noarch", Ready: true, Channels: []string{"default"}}},
	}})
	address, start := withBoard(t, v, fmt.Sprintf("hub: {server: %q}\ncache: {disk: false}", hub.URL))
	d := start()
	var past []replay.Message
	for id := int64(100); id < 110; id++ {
		past = append(past, taskMessage(t, id, 0, "build", "", "FREE", "OPEN", 10*time.Minute), taskMessage(t, id, 0, "build", "", "OPEN", "CLOSED", 10*time.Minute))
	}
	publish(t, v, past)
	rig.Eventually(t, patience, func() error {
		all, err := onBoard(t, address)
		if err == nil && len(all) < 10 {
			err = fmt.Errorf("of ten builds %d are there", len(all))
		}
		return err
	})
	stop(t, d)
	request := []any{"git+https://src.example.com/rpms/bash#main", "f44-candidate", map[string]any{}}
	now := time.Now().UTC()
	if err := hub.Update(func(data *hubtest.Data) {
		data.Tasks = []hubtest.Task{
			{ID: 700, Method: "build", State: "OPEN", Host: "builder1", Request: request, Created: now.Add(-2 * time.Minute), Started: now.Add(-time.Minute)},
			{ID: 701, Method: "build", State: "FREE", Request: request, Created: now},
		}
	}); err != nil {
		t.Fatal(err)
	}
	d = start()
	rig.Eventually(t, patience, func() error {
		all, err := onBoard(t, address)
		if err != nil {
			return err
		}
		for key, state := range map[string]string{"task/700": "running", "task/701": "waiting"} {
			b := all[key]
			if b.State != state || b.Owner != "alice" || b.Package != "bash" || b.Estimate == nil || !b.Estimate.CompletionAt.After(now) {
				return fmt.Errorf("%s reads %+v", key, b)
			}
		}
		return nil
	})
	stop(t, d)
}
