package daemon

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/campaign"
	"github.com/kojiwatch/kojiwatch/koji"
)

func campaignsIn(t *testing.T, dir string, configured ...config.Campaign) *campaigns {
	t.Helper()
	c := &config.Config{StateDir: dir, Campaigns: configured}
	c.Admin.Listen = "127.0.0.1:0"
	return openCampaigns(c, nil, zerolog.Nop())
}

// TestCampaignsSurviveRestarts: a campaign is on the disk once it was started, and so is what
// came when the daemon ends.
func TestCampaignsSurviveRestarts(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	first := campaignsIn(t, dir)
	end := first.start(t.Context())
	if err := first.Start(campaign.Definition{Name: "rebuild", Packages: []string{"bash", "zsh"}}); err != nil {
		t.Fatal(err)
	}
	if r, err := campaignsIn(t, dir).Report("rebuild"); err != nil || r.ToDo != 2 {
		t.Errorf("after the start: %+v, %v", r, err)
	}
	first.Observe(&event.Event{Type: event.BuildStateChange, Build: &koji.Build{ID: 1, Name: "bash", State: koji.BuildComplete}})
	end()
	second := campaignsIn(t, dir)
	if r, err := second.Report("rebuild"); err != nil || r.ToDo != 1 || r.Done != 1 {
		t.Errorf("after the end: %+v, %v", r, err)
	}
	if err := second.Stop("rebuild"); err != nil {
		t.Fatal(err)
	}
	if r, err := campaignsIn(t, dir).Report("rebuild"); err != nil || r.StoppedAt.IsZero() {
		t.Errorf("after the stop: %+v, %v", r, err)
	}
}

// TestCampaignsOfTheConfiguration are started once: one that was stopped is not started anew.
func TestCampaignsOfTheConfiguration(t *testing.T) {
	dir := t.TempDir()
	rebuild := config.Campaign{Name: "rebuild", Packages: []string{"bash"}}
	first := campaignsIn(t, dir, rebuild)
	if r, err := first.Report("rebuild"); err != nil || r.ToDo != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if err := first.Stop("rebuild"); err != nil {
		t.Fatal(err)
	}
	again := campaignsIn(t, dir, rebuild, config.Campaign{Name: "more", Targets: []string{"f44"}})
	if r, err := again.Report("rebuild"); err != nil || r.StoppedAt.IsZero() || len(again.Reports()) != 2 {
		t.Errorf("%+v, %v", r, err)
	}
}

// TestCampaignsThatCannotBeRead are set aside, and the daemon does without.
func TestCampaignsThatCannotBeRead(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, campaignsFile), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := campaignsIn(t, dir)
	if n := len(c.Reports()); n != 0 {
		t.Errorf("%d campaigns", n)
	}
	if err := c.Start(campaign.Definition{Name: "rebuild", Packages: []string{"bash"}}); err != nil {
		t.Error(err)
	}
	if files, err := filepath.Glob(filepath.Join(dir, "campaigns.json*")); err != nil || len(files) != 2 {
		t.Errorf("the files are %v, %v", files, err)
	}
}

// TestCampaignsWithoutAdminListener: those of the configuration are followed, since sinks get
// their events; without any there is nothing to do.
func TestCampaignsWithoutAdminListener(t *testing.T) {
	c := &config.Config{}
	if openCampaigns(c, nil, zerolog.Nop()) != nil {
		t.Error("there are campaigns without one in the configuration")
	}
	c.Campaigns = []config.Campaign{{Name: "rebuild", Packages: []string{"bash"}}}
	if k := openCampaigns(c, nil, zerolog.Nop()); k == nil || !k.Has("rebuild") {
		t.Error("the campaign of the configuration is not followed")
	}
}
