package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/history"
	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
)

// durations is what all sinks of a process share of how long things take: the
// estimator, and the files that what it learns is kept in. A nil one tells nothing.
type durations struct {
	estimator *estimates.Estimator
	averages  hubLater
	dir       string         // the state folder
	store     *history.Store // nil: it is kept in memory only
	log       zerolog.Logger

	began     time.Time // zero: it does not listen to a broker
	unwritten *history.Changes
	damaged   bool        // the file is set aside, and nothing more is written
	trouble   trouble     // with writing
	kept      atomic.Bool // what was learnt is on the disk
	stop      context.CancelFunc
	ended     sync.WaitGroup
}

// historyFile is the file in the state folder.
const historyFile = "history.db"

// flushEvery is how often what was learnt is written down. A process that is killed
// loses as much.
const flushEvery = 10 * time.Second

// openDurations opens the history in the state folder. If it can't be used, durations
// are learnt in memory: estimates are no reason not to deliver events. It is nil if
// they are switched off.
func openDurations(c *config.Config, log zerolog.Logger) *durations {
	if !c.Estimates.Enabled {
		return nil
	}
	store, learnt := openHistory(c, log)
	d := &durations{dir: c.StateDir, store: store, log: log, stop: func() {}, trouble: trouble{
		log: log, begins: "what was learnt of durations can't be written down; it is tried again",
		ends: "what was learnt of durations is written down again",
	}}
	d.kept.Store(store != nil)
	o := estimates.Options{History: learnt, Averages: &d.averages}
	if store != nil {
		o.Scores = d.scoresBefore()
	}
	d.estimator = estimates.New(o)
	return d
}

// start has what was learnt written down, and the hub asked if there is one, until
// close.
func (d *durations) start(ctx context.Context, c *config.Config, link *hubLink) {
	if d == nil {
		return
	}
	d.began = time.Now()
	ctx, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	if d.store != nil {
		d.ended.Go(func() { d.keepFlushing(ctx) })
	}
	if link.client == nil {
		return
	}
	averages := newHubAverages(link.api)
	d.averages.Store(averages)
	troubled := &trouble{
		log: d.log, begins: "the hub does not tell its average durations; it is asked again",
		ends: "the hub tells its average durations again", tolerated: 1,
	}
	d.ended.Go(func() { averages.run(ctx, troubled.note) })
	look := &queueLook{api: link.api, estimator: d.estimator}
	lost := &trouble{
		log: d.log, begins: "the hub does not tell its queue: estimates of what waits go by messages alone; it is asked again",
		ends: "the hub tells its queue again", tolerated: 1,
	}
	d.ended.Go(func() { look.run(ctx, c.Estimates.Refresh, lost.note) })
}

// openHistory returns the store and what is in it; no store if there can be none.
func openHistory(c *config.Config, log zerolog.Logger) (*history.Store, *history.Model) {
	const memory = "durations are learnt in memory only and forgotten at the end"
	if c.StateDir == "" {
		log.Warn().Msg("there is no state folder (state_dir): " + memory)
		return nil, history.New(c.Estimates.Size)
	}
	path := filepath.Join(c.StateDir, historyFile)
	store, learnt, err := history.Open(path, c.Estimates.Size)
	if errors.Is(err, history.ErrForeign) {
		if aside, moved := setAside(path); moved == nil {
			log.Warn().Err(err).Str("moved_to", aside).Msg("the history of durations can't be read: it is set aside and begun anew")
			store, learnt, err = history.Open(path, c.Estimates.Size)
		}
	}
	if err != nil {
		hint.Log(log.Warn(), err).Msg("the history of durations can't be used: " + memory)
		return nil, history.New(c.Estimates.Size)
	}
	return store, learnt
}

// measure registers the metrics of how estimates have fared and whether they are kept.
func (d *durations) measure(to prometheus.Registerer) {
	if d != nil {
		to.MustRegister(metrics.Estimates(d.estimator.Scores), metrics.History(d.kept.Load))
	}
}

// forEvents is what the enricher asks.
func (d *durations) forEvents() enrich.Estimates {
	if d == nil {
		return nil
	}
	return &eventEstimates{estimator: d.estimator}
}

func (d *durations) keepFlushing(ctx context.Context) {
	ticker := time.NewTicker(flushEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			d.flush()
		case <-ctx.Done():
			return
		}
	}
}

// flush writes down what was learnt. What can't be written is tried again with what
// comes then, unless the file is damaged.
func (d *durations) flush() {
	if d.damaged {
		return
	}
	err := d.write()
	d.kept.Store(err == nil)
	if d.damaged = errors.Is(err, history.ErrForeign); d.damaged {
		d.unwritten = nil
		d.setAside(err)
		return
	}
	d.trouble.note(err)
}

// setAside makes way for a history that the next start begins anew.
func (d *durations) setAside(why error) {
	path := filepath.Join(d.dir, historyFile)
	aside, err := setAside(path)
	d.log.Warn().Err(errors.Join(why, err)).Str("moved_to", aside).
		Msg("the history of durations is damaged: it is set aside, and what is learnt is kept in memory only until the next start")
}

// setAside gives a history that can't be read another name.
func setAside(path string) (aside string, err error) {
	aside = fmt.Sprintf("%s.unreadable-%d", path, time.Now().Unix())
	return aside, os.Rename(path, aside)
}

func (d *durations) write() error {
	changes := d.estimator.Changes()
	if d.unwritten != nil {
		d.unwritten.Add(changes)
		changes = d.unwritten
	}
	d.unwritten = nil
	if changes.Empty() {
		return nil
	}
	if !d.began.IsZero() && d.store.Mark(markBegan).IsZero() {
		changes.Mark(markBegan, d.began)
	}
	if err := d.store.Write(changes); err != nil {
		d.unwritten = changes
		return err
	}
	return writeScores(d.dir, d.estimator.Scores())
}

// rest has the hub not be asked any more, and nothing be written down until close.
func (d *durations) rest() {
	if d != nil {
		d.stop()
		d.ended.Wait()
	}
}

// close writes down what was learnt since.
func (d *durations) close() {
	d.rest()
	if d == nil || d.store == nil {
		return
	}
	d.flush()
	if err := d.store.Close(); err != nil {
		d.log.Warn().Err(err).Msg("close the history of durations")
	}
}

// replayDurations opens the history of a replay, which does without none.
func replayDurations(dir string, c *config.Config) (*durations, error) {
	store, learnt, err := history.Open(filepath.Join(dir, historyFile), c.Estimates.Size)
	if err != nil {
		return nil, err
	}
	scores, err := readScores(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, store.Close())
	}
	o := estimates.Options{History: learnt, Scores: scores}
	return &durations{dir: dir, estimator: estimates.New(o), store: store}, nil
}

// end writes down what a replay has learnt.
func (d *durations) end() error { return errors.Join(d.write(), d.store.Close()) }

// hubLater is the hub's averages, once there is a hub: the estimator is made before.
type hubLater struct{ atomic.Pointer[hubAverages] }

// Average implements estimates.Averages.
func (h *hubLater) Average(pkg string) time.Duration {
	if a := h.Load(); a != nil {
		return a.Average(pkg)
	}
	return 0
}
