package web

import (
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/campaign"
	"github.com/kojiwatch/kojiwatch/koji"
)

// TestCampaignPages: the pages are there when there are campaigns, work without a script, and
// escape what comes from messages.
func TestCampaignPages(t *testing.T) {
	set := campaign.NewSet(campaign.Options{})
	w := newWorld(t, Options{Campaigns: set})
	for _, path := range []string{"/campaigns", "/campaigns/f44"} {
		if resp, _ := w.get(path); resp.code != 404 {
			t.Errorf("%s without campaigns: %d", path, resp.code)
		}
	}
	if _, text := w.get("/"); strings.Contains(text, "/campaigns") {
		t.Error("the pages lead to campaigns, and there are none")
	}
	if err := set.Start(campaign.Definition{Name: "f44", Packages: []string{"*"}, Since: time.Now().Add(-time.Hour)}); err != nil {
		t.Fatal(err)
	}
	const evil = `<img src=x>`
	for id, state := range []koji.TaskState{koji.TaskOpen, koji.TaskFailed, koji.TaskClosed} {
		task := &koji.Task{
			ID: int64(id + 1), Method: "build", State: state, Owner: koji.Ref{Name: evil}, Started: time.Now(),
			Request: koji.Request{Package: evil + state.String()},
		}
		set.Observe(&event.Event{Type: event.TaskStateChange, Task: task, New: state.String(), Failure: &event.Failure{Kind: evil}})
	}
	for path, want := range map[string][]string{
		"/":              {`href="/campaigns"`},
		"/campaigns":     {`href="/campaigns/f44"`, `aria-current="page"`},
		"/campaigns/f44": {"66 % of 3 packages", "1 done, 1 failed", "By owner", "Failures", `href="/task/1"`, "&lt;img src=x&gt;"},
	} {
		resp, text := w.get(path)
		if resp.code != 200 || resp.header.Get("Content-Security-Policy") != policy || strings.Contains(text, evil) {
			t.Errorf("%s: %d\n%s", path, resp.code, text)
		}
		for _, part := range want {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q:\n%s", path, part, text)
			}
		}
	}
	for _, path := range []string{"/campaigns/other", "/campaigns/%3Cscript%3E"} {
		if resp, text := w.get(path); resp.code != 404 || !strings.Contains(text, "no such campaign") {
			t.Errorf("%s: %d", path, resp.code)
		}
	}
}
