package daemon

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
	"github.com/kojiwatch/kojiwatch/internal/boltfile"
	"github.com/kojiwatch/kojiwatch/internal/campaign"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
)

// campaignsFile is the file in the state folder.
const campaignsFile = "campaigns.json"

// keepCampaignsEvery is how often campaigns are written down. A process that is killed loses
// as much of them.
const keepCampaignsEvery = 5 * time.Second

// campaigns are those of the daemon, and the file in which they are kept.
type campaigns struct {
	*campaign.Set

	path     string // "": they are in memory only
	kept     uint64 // the version that is written down
	mu       sync.Mutex
	failures cliutil.FailureLogger // with writing
}

// openCampaigns reads the file and starts the campaigns of the configuration that are not in
// it. It returns nil if there are none and no listener to start one. A file that cannot be
// read is set aside: campaigns are no reason not to deliver events.
func openCampaigns(c *config.Config, estimates *estimation.Service, log zerolog.Logger) *campaigns {
	if c.Admin.Listen == "" && len(c.Campaigns) == 0 {
		return nil
	}
	k := &campaigns{
		Set: campaign.NewSet(campaign.Options{Estimates: estimates.ForCampaigns()}),
		failures: cliutil.FailureLogger{
			Log: log, Begins: "cannot write the campaigns; trying again", Ends: "writing the campaigns again",
		},
	}
	k.restore(c.StateDir, log)
	for i := range c.Campaigns {
		d := c.Campaigns[i].Definition()
		if k.Has(d.Name) {
			continue
		}
		if err := k.Start(d); err != nil {
			log.Warn().Err(err).Str("campaign", d.Name).Msg("cannot start a campaign of the configuration")
		}
	}
	return k
}

// restore takes in what was written down.
func (k *campaigns) restore(dir string, log zerolog.Logger) {
	if dir == "" {
		return
	}
	k.path = filepath.Join(dir, campaignsFile)
	err := k.read()
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return
	}
	aside, moved := boltfile.SetAside(k.path)
	log.Warn().Err(errors.Join(err, moved)).Str("moved_to", aside).Msg("cannot read the campaigns; moving the file aside and doing without them")
	if moved != nil {
		k.path = ""
	}
}

func (k *campaigns) read() error {
	f, err := os.Open(k.path)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return k.Read(f)
}

// Start begins a campaign, which is written down at once.
func (k *campaigns) Start(d campaign.Definition) error {
	if err := k.Set.Start(d); err != nil {
		return err
	}
	return k.keep()
}

// Stop ends a campaign, which is written down at once.
func (k *campaigns) Stop(name string) error {
	if err := k.Set.Stop(name); err != nil {
		return err
	}
	return k.keep()
}

// start writes campaigns down from time to time, until the returned function is called, and
// then for the last time.
func (k *campaigns) start(ctx context.Context) (end func()) {
	if k == nil {
		return func() {}
	}
	stop := every(context.WithoutCancel(ctx), keepCampaignsEvery, func(time.Time) { k.failures.Note(k.keep()) })
	return func() {
		stop()
		k.failures.Note(k.keep())
	}
}

// keep writes the campaigns down if there is anything new.
func (k *campaigns) keep() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	version := k.Version()
	if k.path == "" || version == k.kept {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(k.path), 0o700); err != nil {
		return fmt.Errorf("write the campaigns: %w", err)
	}
	if err := atomicfile.Replace(k.path, func(f *os.File) error { return k.Write(f) }); err != nil {
		return fmt.Errorf("write the campaigns: %w", err)
	}
	k.kept = version
	return nil
}
