//go:build integration

package integration

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
)

// TestFlags checks that without a configuration file the daemon prints a broker's events
// and leaves nothing behind, and that the password may come from the environment.
func TestFlags(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 500
	v := rig.Broker(t)
	v.AddUser(t, "looker", "s3cret", everything)
	d := rig.DaemonWith(t, rig.Command{
		Args: []string{"run", "--broker", withoutPassword(t, v.URLAs("looker", "s3cret")), "--topics", "#", "--count", fmt.Sprint(n)},
		Env:  []string{"KOJIWATCH_PASSWORD=s3cret"},
	})
	rig.Eventually(t, patience, func() error { return consumers(t, v, 1) })
	publish(t, v, recorded(t, n+100))
	if code := d.WaitExit(t, patience); code != 0 {
		t.Errorf("exit code %d", code)
	}
	all := events(t, d)
	if len(all) != n {
		t.Errorf("%d events, want %d", len(all), n)
	}
	ordered(t, all)
	rig.Eventually(t, patience, func() error { return consumers(t, v, 0) })
}

// TestRecordAndReplay checks that replaying a recording from a broker produces the events
// that the daemon wrote.
func TestRecordAndReplay(t *testing.T) {
	t.Parallel() // it mostly waits
	const n = 477
	v := rig.Broker(t)
	file := filepath.Join(t.TempDir(), "recording.jsonl")
	recorder := rig.Daemon(t, "record", "--broker", v.URL(), "--topics", "#", "--count", fmt.Sprint(n), "--output", file)
	rig.Eventually(t, patience, func() error { return consumers(t, v, 1) })
	d := rig.Daemon(t, "run", "--config", durable(t, v.URL()))
	consuming(t, v)
	publish(t, v, recorded(t, n))
	if code := recorder.WaitExit(t, patience); code != 0 {
		t.Fatalf("exit code %d", code)
	}
	arrived(t, n, d)
	stop(t, d)
	replays := make([][]byte, 2)
	for i := range replays {
		r := rig.Daemon(t, "replay", file, "--format", "json")
		if code := r.WaitExit(t, patience); code != 0 {
			t.Fatalf("exit code %d", code)
		}
		var err error
		if replays[i], err = os.ReadFile(r.Stdout()); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(replays[0], replays[1]) {
		t.Error("two replays differ")
	}
	live, err := os.ReadFile(d.Stdout())
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(withoutTimes(t, replays[0]), withoutTimes(t, live)) {
		t.Error("the replay differs from the daemon's output")
	}
}

// consumers checks how many consumers the queues of the vhost have.
func consumers(t *testing.T, v *rig.VHost, want int) error {
	t.Helper()
	var queues []struct{ Consumers int }
	if err := v.Admin().Call(t.Context(), http.MethodGet, nil, &queues, "queues", v.Name()); err != nil {
		return err
	}
	got := 0
	for _, q := range queues {
		got += q.Consumers
	}
	if got != want {
		return fmt.Errorf("%d consumers, want %d", got, want)
	}
	return nil
}

// withoutPassword removes the password from a URL.
func withoutPassword(t *testing.T, address string) string {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	u.User = url.User(u.User.Username())
	return u.String()
}

// withoutTimes removes from events the time of arrival, which differs between two
// consumers, and the estimates and summaries, which depend on it.
func withoutTimes(t *testing.T, lines []byte) []byte {
	t.Helper()
	ofArrival := regexp.MustCompile(`"received_at":"[^"]*",|,"estimate":{[^}]*}|"summary":"(?:[^"\\]|\\.)*",?`)
	return ofArrival.ReplaceAll(lines, nil)
}
