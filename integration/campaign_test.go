//go:build integration

package integration

import (
	"encoding/json"
	"fmt"
	"os"
	"testing"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/internal/campaign"
)

// TestCampaign: a campaign that commands start goes on after the daemon was away. The
// messages that come then tell the same as those before, and count nothing twice.
func TestCampaign(t *testing.T) {
	t.Parallel()
	const n = 1_000
	v, hub := rig.Broker(t), labHub(t)
	config := observed(t, v.URL(), hub.URL, "127.0.0.1:0")
	d := rig.Daemon(t, "run", "--config", config)
	address := adminAddress(t, d)
	consuming(t, v)
	command(t, "campaign", "start", "everything", "--package", "*", "--since", "9000d", "--admin", address)
	messages := lab(t, n)
	publish(t, v, messages[:n/2])
	var before campaign.Report
	rig.Eventually(t, patience, func() error {
		before = campaignReport(t, address)
		if before.Done == 0 {
			return fmt.Errorf("nothing is done: %+v", before.Counts)
		}
		return nil
	})
	allSent(t, address, n/2)
	before = campaignReport(t, address)
	stop(t, d)

	publish(t, v, messages[n/2:])
	d = rig.Daemon(t, "run", "--config", config)
	address = adminAddress(t, d)
	allSent(t, address, n-n/2)
	after := campaignReport(t, address)
	if !after.StartedAt.Equal(before.StartedAt) || after.Counts != before.Counts || after.Retried != before.Retried {
		t.Errorf("before the restart %+v, then %+v", before, after)
	}
	command(t, "campaign", "stop", "everything", "--admin", address)
	if r := campaignReport(t, address); r.StoppedAt.IsZero() {
		t.Errorf("after it was stopped: %+v", r)
	}
	stop(t, d)
}

// allSent waits until the sink has so many events.
func allSent(t *testing.T, address string, n float64) {
	t.Helper()
	rig.Eventually(t, patience, func() error {
		if got := scrape(t, address)[`kojiwatch_settlements_total{sink="out",verdict="done"}`]; got < n {
			return fmt.Errorf("%g events, want %g", got, n)
		}
		return nil
	})
}

// command runs a command that ends well, and returns what it prints.
func command(t *testing.T, args ...string) []byte {
	t.Helper()
	p := rig.Daemon(t, args...)
	if code := p.WaitExit(t, patience); code != 0 {
		t.Fatalf("%v: exit code %d: %s", args, code, p.Stderr())
	}
	text, err := os.ReadFile(p.Stdout())
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func campaignReport(t *testing.T, address string) campaign.Report {
	t.Helper()
	var r campaign.Report
	if err := json.Unmarshal(command(t, "campaign", "show", "everything", "--json", "--admin", address), &r); err != nil {
		t.Fatal(err)
	}
	return r
}
