package webhook

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks/format"
)

// samples returns an event of every type, one with hostile texts, and a batch.
func samples() map[string][]*event.Event {
	all := map[string][]*event.Event{}
	for i, typ := range event.Types() {
		e := &event.Event{
			ID: fmt.Sprint("id-", i), Type: typ, Dialect: event.Protonmsg, Topic: "koji.x", Instance: "lab",
			ReceivedAt: time.Date(2026, 11, 22, 7, 31, 0, 0, time.UTC),
			Summary:    fmt.Sprintf("alice's zsh-5.9-1.fc44 had a %s", typ),
			URL:        fmt.Sprintf("https://koji.example.com/koji/taskinfo?taskID=%d", i),
		}
		switch typ {
		case event.TaskStateChange:
			e.New, e.Task = "FAILED", &koji.Task{ID: 7, Method: "build"}
		case event.BuildStateChange:
			e.New, e.Build = "COMPLETE", &koji.Build{ID: 8, NVR: "zsh-5.9-1.fc44"}
		case event.Tag:
			e.Tag = koji.Ref{Name: "f44 \"updates\" 100%é"}
		case event.CampaignType:
			e.Campaign = &event.Campaign{Name: "f44-rebuild", Step: event.StepHalf}
		case event.AlertType:
			e.Alert = &event.Alert{Key: "host-silent/b-1", State: event.AlertFiring, Kind: "host-silent", Severity: event.SeverityCritical}
		}
		all[string(typ)] = []*event.Event{e}
	}
	hostile := *all["Unknown"][0]
	hostile.Summary = "<!channel> @everyone @here [x](https://evil) *b* _i_ `c` <b>&amp;\x1b[31m\r\n| \\ #"
	hostile.URL = "javascript:alert(1)"
	hostile.Instance = "é\r\nX-Evil: 1"
	all["hostile"] = []*event.Event{&hostile}
	for range 50 {
		all["digest"] = append(all["digest"], all["TaskStateChange"][0])
	}
	return all
}

func forms() map[string]Form {
	return map[string]Form{
		"slack": Slack, "mattermost": Mattermost, "matrix": Matrix, "discord": Discord, "teams": Teams, "ntfy": Ntfy,
		"cloudevents": CloudEvents(false), "cloudevents-binary": CloudEventsBinary,
	}
}

// TestForms compares the message of each form for each type of event with golden files.
func TestForms(t *testing.T) {
	all := samples()
	for name, form := range forms() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			for _, sample := range slices.Sorted(maps.Keys(all)) {
				m, err := form(all[sample])
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&out, "## %s\nContent-Type: %s\n", sample, m.ContentType)
				for _, h := range slices.Sorted(maps.Keys(m.Header)) {
					if value := m.Header.Get(h); strings.ContainsAny(value, "\r\n") {
						t.Errorf("header %s: %q", h, value)
					}
					fmt.Fprintf(&out, "%s: %s\n", h, m.Header.Get(h))
				}
				fmt.Fprintf(&out, "%s\n\n", m.Body)
				if strings.Contains(m.ContentType, "json") && !json.Valid(m.Body) {
					t.Errorf("%s: no JSON", sample)
				}
			}
			golden.Check(t, filepath.Join("testdata", name+".golden"), out.String())
		})
	}
}

// TestDigest checks that a message about many events counts all of them and stays short.
func TestDigest(t *testing.T) {
	long := make([]*event.Event, 50)
	for i := range long {
		long[i] = &event.Event{ID: "x", Summary: strings.Repeat("_*", 500), URL: "https://koji.example.com/" + strings.Repeat("a", 200)}
	}
	for name, form := range forms() {
		if strings.HasPrefix(name, "cloudevents") {
			continue
		}
		m, err := form(long)
		if err != nil {
			t.Fatal(err)
		}
		shown := 50
		if i := bytes.Index(m.Body, []byte("and ")); i >= 0 {
			var more int
			if _, err := fmt.Sscanf(string(m.Body[i:]), "and %d more like this", &more); err != nil {
				t.Errorf("%s: %v", name, err)
			}
			shown = 50 - more
		}
		if shown < 1 || shown > format.MaxShown {
			t.Errorf("%s shows %d", name, shown)
		}
	}
	if text := lines(long, format.Markdown, markdownLink); len([]rune(text)) > 2000 {
		t.Errorf("%d characters, Discord takes 2,000", len(text))
	}
}

// TestBatches checks that several events are sent as an array, lines or a batch.
func TestBatches(t *testing.T) {
	two := []*event.Event{{ID: "a", Type: event.Tag}, {ID: "b", Type: event.Tag}}
	for name, form := range map[string]Form{"array": JSON(true), "batch": CloudEvents(true)} {
		m, err := form(two)
		var list []struct{ ID string }
		if err != nil || json.Unmarshal(m.Body, &list) != nil || len(list) != 2 || list[1].ID != "b" {
			t.Errorf("%s: %s %v", name, m.Body, err)
		}
	}
	m, err := NDJSON(two)
	if err != nil || bytes.Count(m.Body, []byte("\n")) != 2 {
		t.Errorf("%s %v", m.Body, err)
	}
}
