package enrich_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/parse"
)

// TestRecordings compares the sentence and the link of every recorded event with a golden
// file.
func TestRecordings(t *testing.T) {
	web, err := koji.NewWeb("https://koji.example.com/koji/")
	if err != nil {
		t.Fatal(err)
	}
	for name, en := range map[string]*enrich.Enricher{
		"messages-protonmsg": enrich.New(enrich.Options{Web: web}),
		"messages-fedora":    enrich.New(enrich.Options{}),
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			for _, e := range events(t, "../parse/testdata/recordings/"+name+".jsonl") {
				en.Begin(e)
				if e.Summary == "" {
					t.Errorf("no summary: %s", e.AppendJSON(nil))
				}
				fmt.Fprintf(&got, "%s\t%s\n", e.Summary, e.URL)
			}
			golden.Check(t, "testdata/"+name+".txt", got.String())
		})
	}
}

// events parses a recording.
func events(t *testing.T, file string) []*event.Event {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	p := parse.New(parse.Options{})
	var list []*event.Event
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<24)
	for lines.Scan() {
		var l struct {
			RoutingKey string `json:"routing_key"`
			Properties struct{ Type string }
			BodyB64    []byte `json:"body_b64"`
		}
		if err := json.Unmarshal(lines.Bytes(), &l); err != nil {
			t.Fatal(err)
		}
		e, err := p.Parse(&parse.Delivery{RoutingKey: l.RoutingKey, Type: l.Properties.Type, Body: l.BodyB64})
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, e)
	}
	return list
}

// TestNoLink checks that only http and https URLs become links.
func TestNoLink(t *testing.T) {
	tests := map[string]event.Event{
		"no weburl, a brought script": {Type: event.TaskStateChange, Task: &koji.Task{ID: 1, URL: "javascript:alert(1)"}},
		"a base that is no address":   {Type: event.TaskStateChange, Task: &koji.Task{ID: 1}, BaseURL: "koji"},
		"nothing":                     {Type: event.BuildPromote},
	}
	for name, e := range tests {
		t.Run(name, func(t *testing.T) {
			enrich.New(enrich.Options{}).Begin(&e)
			if e.URL != "" || e.Task != nil && e.Task.URL != "" {
				t.Errorf("got %q", e.URL)
			}
		})
	}
}

func TestDuration(t *testing.T) {
	tests := map[time.Duration]string{
		0:                               "",
		400 * time.Millisecond:          "",
		45 * time.Second:                "45 sec",
		12*time.Minute + 4*time.Second:  "12 min 4 sec",
		12 * time.Minute:                "12 min",
		time.Hour + 59*time.Second:      "1 hr",
		3*time.Hour + 20*time.Minute:    "3 hr 20 min",
		24*time.Hour + 5*time.Hour:      "1 day 5 hr",
		59*time.Second + time.Second/2:  "1 min",
		49*time.Hour + 59*time.Minute:   "2 days 1 hr",
		30*24*time.Hour + 2*time.Second: "30 days",
	}
	for d, want := range tests {
		e := &event.Event{Type: event.TaskStateChange, New: "CLOSED", Task: &koji.Task{
			ID: 1, Method: "sleep", Started: time.Unix(1e9, 0), Ended: time.Unix(1e9, 0).Add(d),
		}}
		enrich.New(enrich.Options{}).Begin(e)
		want = strings.TrimSuffix("sleep task closed after "+want, " after ")
		if e.Summary != want {
			t.Errorf("%v: got %q, want %q", d, e.Summary, want)
		}
	}
}
