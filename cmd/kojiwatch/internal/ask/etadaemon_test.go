package ask

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/kojiwatch/kojiwatch/internal/admin"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// TestEtaAsksDaemon: the estimate is that of the running daemon where it has one, and the
// hub's where it has none or is away.
func TestEtaAsksDaemon(t *testing.T) {
	at := time.Now().Add(time.Hour).UTC().Truncate(time.Second)
	known := true
	server, err := admin.Start(t.Context(), admin.Options{
		Listen: "127.0.0.1:0", Metrics: prometheus.NewRegistry(), Ready: func() error { return nil },
		Estimate: func(task int64) ([]byte, bool) {
			return fmt.Appendf(nil, `{"completion_at":%q,"completion_low":%q,"completion_high":%q,"duration_ns":1,"basis":"history","samples":7}`,
				at.Format(time.RFC3339), at.Format(time.RFC3339), at.Format(time.RFC3339)), known && task == 1
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	hub := hubtest.Start(t, hubtest.Options{Data: hubtest.Data{Tasks: []hubtest.Task{
		{ID: 1, Method: "buildNotification", State: "OPEN", Started: time.Now(), Created: time.Now()},
	}}})
	file := filepath.Join(t.TempDir(), "kojiwatch.yaml")
	text := fmt.Sprintf("broker: {url: \"amqp://localhost\"}\nhub: {server: %q}\nadmin: {listen: %q}\nsinks: [{name: x, type: stdout}]\n", hub.URL, server.Addr())
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	ask := func() string {
		t.Helper()
		var out strings.Builder
		if err := printETA(t.Context(), cliutil.Streams{Out: &out, Err: &out}, etaOptions{Name: "1", Config: file}); err != nil {
			t.Fatal(err)
		}
		return out.String()
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
