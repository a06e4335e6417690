package ask

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/internal/admin"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/weblistener"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// startDaemon starts an admin listener that has an estimate for task 1 while known is set.
func startDaemon(t *testing.T, known *bool) *weblistener.Server {
	t.Helper()
	at := time.Now().Add(time.Hour).UTC().Format(time.RFC3339)
	server, err := admin.Start(t.Context(), admin.Options{
		Listen: "127.0.0.1:0", Metrics: prometheus.NewRegistry(), Ready: func() error { return nil },
		Estimate: func(task int64) ([]byte, bool) {
			return fmt.Appendf(nil, `{"completion_at":%q,"completion_low":%q,"completion_high":%q,"duration_ns":1,"basis":"history","samples":7}`,
				at, at, at), *known && task == 1
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return server
}

// withConfig returns what eta prints of a task with a configuration.
func withConfig(t *testing.T, hub, listen string, opts etaOptions) (string, error) {
	t.Helper()
	opts.config = filepath.Join(t.TempDir(), "kojiwatch.yaml")
	text := fmt.Sprintf("broker: {url: \"amqp://localhost\"}\nhub: {server: %q}\nadmin: {listen: %q}\nsinks: [{name: x, type: stdout}]\n", hub, listen)
	if err := os.WriteFile(opts.config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	err := printETA(t.Context(), cliutil.Streams{Out: &out, Err: &out}, opts)
	return out.String(), err
}

// TestEtaAsksDaemon: the estimate is that of the running daemon where it has one, and the
// hub's where it has none or is away.
func TestEtaAsksDaemon(t *testing.T) {
	known := true
	server := startDaemon(t, &known)
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Data{Tasks: []hubtest.Task{
		{ID: 1, Method: "buildNotification", State: "OPEN", Started: time.Now(), Created: time.Now()},
	}}})
	ask := func() string {
		t.Helper()
		text, err := withConfig(t, hub.URL, server.Addr(), etaOptions{Name: "1"})
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	if got := ask(); !strings.Contains(got, "from 7 runs of the same, by the running daemon") {
		t.Errorf("with a daemon that knows: %s", got)
	}
	known = false
	if got := ask(); !strings.Contains(got, "from what such tasks usually take") || strings.Contains(got, "daemon") {
		t.Errorf("with a daemon that does not know: %s", got)
	}
	if err := server.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := ask(); !strings.Contains(got, "from what such tasks usually take") {
		t.Errorf("without a daemon: %s", got)
	}
}

// TestEtaAsksDaemonAlone: where the configuration names no hub, the daemon tells what it
// can of tasks, and what it cannot tell is a clear error.
func TestEtaAsksDaemonAlone(t *testing.T) {
	known := true
	server := startDaemon(t, &known)
	t.Cleanup(func() { _ = server.Close(context.Background()) })
	for _, name := range []string{"1", "task:1", "https://koji.example.com/koji/taskinfo?taskID=1"} {
		text, err := withConfig(t, "", server.Addr(), etaOptions{Name: name})
		if err != nil || !strings.HasPrefix(text, "task 1\n  done about ") || !strings.Contains(text, "by the running daemon") {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	text, err := withConfig(t, "", server.Addr(), etaOptions{Name: "1", question: question{json: true}})
	if err != nil || !strings.Contains(text, `"task":{"id":1},"estimate":{"completion_at":`) {
		t.Errorf("JSON: %v\n%s", err, text)
	}
	for name, tt := range map[string]struct {
		listen string
		opts   etaOptions
		want   string
	}{
		"no estimate":     {server.Addr(), etaOptions{Name: "2"}, "task 2: the daemon has no estimate for this task; the configuration names no hub"},
		"no daemon":       {"127.0.0.1:1", etaOptions{Name: "1"}, "task 1: ask 127.0.0.1:1: "},
		"no listener":     {"", etaOptions{Name: "1"}, "hub: names no hub to ask; set hub.profile or hub.server (or admin.listen"},
		"a build":         {server.Addr(), etaOptions{Name: "bash-5.3-1.fc44"}, `a daemon alone tells of tasks only: "bash-5.3-1.fc44" is no id of a task`},
		"a build's page":  {server.Addr(), etaOptions{Name: "https://koji.example.com/koji/buildinfo?buildID=1"}, "this is the page of a build"},
		"until it's over": {server.Addr(), etaOptions{Name: "1", Watch: true}, "leave out --watch"},
	} {
		if text, err := withConfig(t, "", tt.listen, tt.opts); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
}
