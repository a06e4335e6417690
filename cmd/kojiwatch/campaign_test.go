package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/admin"
	"github.com/kojiwatch/kojiwatch/internal/campaign"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/status"
	"github.com/kojiwatch/kojiwatch/koji"
)

// campaignHost is the admin listener of a daemon with campaigns.
func campaignHost(t *testing.T, set *campaign.Set) string {
	t.Helper()
	address := "unix:" + filepath.Join(t.TempDir(), "admin.sock")
	server, err := admin.Start(t.Context(), admin.Options{
		Listen: address, Metrics: prometheus.NewRegistry(), Ready: func() error { return nil },
		Status: func() *status.Status { return &status.Status{} }, Campaigns: set,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), time.Second)
		defer cancel()
		if err := server.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return address
}

// TestCampaign: a campaign is started, followed, listed and stopped by commands.
func TestCampaign(t *testing.T) {
	set := campaign.NewSet(campaign.Options{})
	address := campaignHost(t, set)
	var out bytes.Buffer
	run := func(args ...string) error {
		out.Reset()
		cmd := rootCommand(cliutil.Streams{In: strings.NewReader("vim # an editor\n\nzsh\n"), Out: &out, Err: &out})
		cmd.SetArgs(append([]string{"campaign", "--admin", address}, args...))
		return cmd.ExecuteContext(t.Context())
	}
	if err := run("start", "rebuild", "--package", "bash,gcc", "--packages-from", "-", "--since", "1h"); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	task := func(id int64, pkg string, state koji.TaskState) *event.Event {
		return &event.Event{Type: event.TaskStateChange, Task: &koji.Task{
			ID: id, Method: "build", State: state, Created: now.Add(-time.Minute), Started: now.Add(-time.Minute),
			Owner: koji.Ref{Name: "alice\x1b[31m"}, Request: koji.Request{Package: pkg},
		}}
	}
	set.Observe(task(1, "bash", koji.TaskClosed))
	set.Observe(task(2, "vim", koji.TaskOpen))
	failed := task(3, "zsh", koji.TaskFailed)
	failed.Failure = &event.Failure{Kind: "compile"}
	set.Observe(failed)
	if err := run("show", "rebuild"); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"rebuild: 50 % of 4\n", "1 to do, 0 wait, 1 run, 1 done, 1 failed", "OWNER", "compile 1: zsh", "vim, task 2: 1 min"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Errorf("the terminal gets what a message says: %q", &out)
	}
	if err := run("show", "rebuild", "--json"); err != nil || !strings.Contains(out.String(), `"percent":50`) {
		t.Errorf("as JSON: %v\n%s", err, &out)
	}
	if err := run("start", "rebuild", "--package", "bash"); err == nil || !strings.Contains(err.Error(), "there is a campaign of that name") {
		t.Errorf("started twice: %v", err)
	}
	if err := run("stop", "rebuild"); err != nil {
		t.Error(err)
	}
	if err := run("list"); err != nil || !strings.Contains(out.String(), "rebuild (stopped)") {
		t.Errorf("the list: %v\n%s", err, &out)
	}
	if err := run("show", "other"); err == nil || !strings.Contains(err.Error(), "there is no campaign of that name") {
		t.Errorf("what there is not: %v", err)
	}
	if err := run("start", "x", "--packages-from", filepath.Join(os.DevNull, "x")); err == nil {
		t.Error("a file that cannot be read is read")
	}
}
