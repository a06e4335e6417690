package main

import (
	"bytes"
	"context"
	"testing"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/integration/rig/hubdata"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// recordings are those whose events are enriched, each with a hub that knows what
// the recorded one knew.
func recordings() []string {
	return []string{
		"messages-protonmsg", "messages-protonmsg-rabbitmq4", "messages-fedora",
		"messages-late", "messages-extra-limit",
	}
}

func recordingAt(name string) string {
	return "../../parse/testdata/recordings/" + name + ".jsonl"
}

// hubOf starts a hub that knows what a recording's hub knew.
func hubOf(tb testing.TB, name string) *hubtest.Server {
	tb.Helper()
	data, err := hubdata.FromRecording(recordingAt(name))
	if err != nil {
		tb.Fatal(err)
	}
	return hubtest.Start(tb, hubtest.Options{Data: data})
}

// replay takes a recording through the handler and returns the events as JSON.
func replay(tb testing.TB, hub *hubtest.Server, name string) []byte {
	tb.Helper()
	var out, errs bytes.Buffer
	err := Replay(context.Background(), cliutil.Streams{In: nil, Out: &out, Err: &errs}, ReplayOptions{
		Files:  []string{recordingAt(name)},
		Hub:    config.HubFlags{Server: hub.URL, WebURL: "https://koji.example.com/koji"},
		Format: cliutil.FormatJSON,
	})
	if err != nil || errs.Len() > 0 {
		tb.Fatalf("%v\n%s", err, errs.String())
	}
	return out.Bytes()
}

// TestEnrichedRecordings holds the enriched event of every recorded message to a
// golden file: each field is right or named as missing. Cold, the hub gets at
// most one request for ten events.
func TestEnrichedRecordings(t *testing.T) {
	var events, cold int
	for _, name := range recordings() {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_CACHE_HOME", t.TempDir())
			t.Setenv("CACHE_DIRECTORY", "")
			hub := hubOf(t, name)
			got := replay(t, hub, name)
			golden.Check(t, "testdata/enriched/"+name+".jsonl", string(got))
			events += bytes.Count(got, []byte("\n"))
			cold += hub.Stats().Requests
			if again := replay(t, hub, name); !bytes.Equal(again, got) {
				t.Error("with names on the disk the events differ")
			}
		})
	}
	t.Logf("%d events, %d requests", events, cold)
	if cold*10 > events {
		t.Errorf("%d requests for %d events are more than one for ten", cold, events)
	}
}
