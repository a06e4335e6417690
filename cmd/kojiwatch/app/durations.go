package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/estimates"
	"github.com/kojiwatch/kojiwatch/estimates/history"
)

// durations is what all sinks of a process share of how long things take: the
// estimator, and the file that what it learns is kept in. A nil one tells nothing.
type durations struct {
	estimator *estimates.Estimator
	store     *history.Store // nil: it is kept in memory only
	log       zerolog.Logger

	unwritten *history.Changes
	failing   bool // and it has been said
	stop      chan struct{}
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
	d := &durations{log: log, stop: make(chan struct{})}
	var learnt *history.Model
	d.store, learnt = openHistory(c, log)
	d.estimator = estimates.New(estimates.Options{History: learnt})
	if d.store != nil {
		d.ended.Go(d.keepFlushing)
	}
	return d
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
		aside := fmt.Sprintf("%s.unreadable-%d", path, time.Now().Unix())
		if moved := os.Rename(path, aside); moved == nil {
			log.Warn().Err(err).Str("moved_to", aside).Msg("the history of durations can't be read: it is set aside and begun anew")
			store, learnt, err = history.Open(path, c.Estimates.Size)
		}
	}
	if err != nil {
		log.Warn().Err(err).Msg("the history of durations can't be used: " + memory)
		return nil, history.New(c.Estimates.Size)
	}
	return store, learnt
}

// forEvents is what the enricher asks.
func (d *durations) forEvents() enrich.Estimates {
	if d == nil {
		return nil
	}
	return &eventEstimates{estimator: d.estimator}
}

func (d *durations) keepFlushing() {
	ticker := time.NewTicker(flushEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			d.flush()
		case <-d.stop:
			return
		}
	}
}

// flush writes down what was learnt. What can't be written is tried again with what
// comes then; one line says when that begins and one when it ends.
func (d *durations) flush() {
	err := d.write()
	switch {
	case err != nil && !d.failing:
		d.log.Warn().Err(err).Msg("what was learnt of durations can't be written down; it is tried again")
	case err == nil && d.failing:
		d.log.Info().Msg("what was learnt of durations is written down again")
	}
	d.failing = err != nil
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
	err := d.store.Write(changes)
	if err != nil {
		d.unwritten = changes
	}
	return err
}

// close writes down the rest.
func (d *durations) close() {
	if d == nil || d.store == nil {
		return
	}
	close(d.stop)
	d.ended.Wait()
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
	return &durations{estimator: estimates.New(estimates.Options{History: learnt}), store: store}, nil
}

// end writes down what a replay has learnt.
func (d *durations) end() error { return errors.Join(d.write(), d.store.Close()) }
