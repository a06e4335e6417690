package ask

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
)

// backfill fills the history in a folder, at a time so long before now, and returns
// what it printed.
func backfill(t *testing.T, hub *hubtest.Server, dir string, ago time.Duration) (string, error) {
	t.Helper()
	var out bytes.Buffer
	err := backfillHistory(t.Context(), cliutil.Streams{Out: &out, Err: io.Discard}, backfillOptions{
		Hub: config.HubFlags{Server: hub.URL}, Dir: dir, Since: 60 * time.Hour,
		Now: func() time.Time { return etaNow.Add(-ago) },
	})
	return strings.TrimSpace(out.String()), err
}

// TestBackfill: on each of six days bash was built, and more. What was read once is not
// read again.
func TestBackfill(t *testing.T) {
	hub := hubtest.Start(t, hubtest.Options{Data: etaPast()})
	dir := t.TempDir()
	for _, step := range []struct {
		ago  time.Duration
		want string
	}{
		{60 * time.Hour, "33 tasks and 6 builds read"},
		{12 * time.Hour, "22 tasks and 4 builds read"},
		{12 * time.Hour, "0 tasks and 0 builds read"},
	} {
		if got, err := backfill(t, hub, dir, step.ago); err != nil || got != step.want {
			t.Errorf("%v ago: %q, %v, want %q", step.ago, got, err, step.want)
		}
	}
	store, learnt, err := history.Open(filepath.Join(dir, "history.db"), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	got, ok := learnt.Expect(&history.Run{Method: "buildArch", Package: "bash", Target: "f44", Arch: "s390x"}, etaNow)
	if !ok || got.Runs != 5 || got.Likely.Round(time.Minute) != 20*time.Minute {
		t.Errorf("got %+v, %v", got, ok)
	}
	if got := learnt.Arches(&history.Run{Package: "bash", Target: "f44"}); strings.Join(got, " ") != "s390x x86_64" {
		t.Errorf("built on %v", got)
	}
}

func TestBackfillInUse(t *testing.T) {
	dir := t.TempDir()
	store, _, err := history.Open(filepath.Join(dir, "history.db"), 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	hub := hubtest.Start(t, hubtest.Options{Data: etaPast()})
	if _, err := backfill(t, hub, dir, 0); err == nil || !strings.Contains(err.Error(), "stop the daemon") {
		t.Errorf("got %v", err)
	}
}
