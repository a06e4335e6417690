// Package estimation keeps what was learnt of durations, and puts estimates into events.
package estimation

import (
	"context"
	"errors"
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
	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/estimates/score"
	"github.com/kojiwatch/kojiwatch/internal/boltfile"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Service is the estimator that all sinks of a process share, with the files in which it
// keeps what it learns. A nil one estimates nothing.
type Service struct {
	estimator *estimates.Estimator
	averages  hubLater
	dir       string         // the state folder
	store     *history.Store // nil: it is kept in memory only
	log       zerolog.Logger

	stream        *stream   // nil: sinks feed the estimator
	began         time.Time // zero: it does not listen to a broker
	unwritten     *history.Changes
	damaged       bool                                                // the file is set aside, and nothing more is written
	writeFailures cliutil.FailureLogger                               // with writing
	kept          atomic.Bool                                         // what was learnt is on the disk
	onQueue       []func(tasks []koji.Task, at time.Time, whole bool) // are told of the hub's queue
	logs          logInterest
	stop          context.CancelFunc
	ended         sync.WaitGroup
}

// HistoryFile is the file in the state folder.
const HistoryFile = "history.db"

// flushEvery is how often what was learnt is written down. A process that is killed
// loses as much.
const flushEvery = 10 * time.Second

// Open opens the history in the state folder. If it can't be used, durations
// are learnt in memory: estimates are no reason not to deliver events. It is nil if
// they are switched off.
func Open(c *config.Config, log zerolog.Logger) *Service {
	if !c.Estimates.Enabled {
		return nil
	}
	store, learnt := openHistory(c, log)
	d := &Service{dir: c.StateDir, store: store, log: log, stop: func() {}, writeFailures: cliutil.FailureLogger{
		Log: log, Begins: "cannot write the history of durations; trying again",
		Ends: "writing the history of durations again",
	}}
	d.kept.Store(store != nil)
	o := estimates.Options{History: learnt, Averages: &d.averages}
	if store != nil {
		o.Scores = d.scoresBefore()
	}
	d.estimator = estimates.New(o)
	if c.State.Stream != "" {
		d.stream = newStream(c.State.Stream, d.estimator, store)
	}
	return d
}

// Start has what was learnt written down, and the hub asked if there is one, until
// close.
func (d *Service) Start(ctx context.Context, c *config.Config, client *hub.Hub) {
	if d == nil {
		return
	}
	d.began = time.Now()
	ctx, d.stop = context.WithCancel(context.WithoutCancel(ctx))
	if d.store != nil {
		d.ended.Go(func() { d.keepFlushing(ctx) })
	}
	if client.Client == nil {
		return
	}
	averages := live.NewAverages(client.API)
	d.averages.Store(averages)
	averageFailures := &cliutil.FailureLogger{
		Log: d.log, Begins: "cannot get average durations from the hub; trying again",
		Ends: "getting average durations from the hub again", Tolerated: 1,
	}
	d.ended.Go(func() { averages.Run(ctx, averageFailures.Note) })
	look := &live.QueueLook{API: client.API, Estimator: d.estimator, Seen: d.seen}
	lookFailures := &cliutil.FailureLogger{
		Log: d.log, Begins: "cannot get the queue from the hub; estimates for waiting tasks use messages alone; trying again",
		Ends: "getting the queue from the hub again", Tolerated: 1,
	}
	d.ended.Go(func() { look.Run(ctx, c.Estimates.Refresh, lookFailures.Note) })
	if c.Estimates.LogProgress {
		d.ended.Go(func() { d.readLogs(ctx, client.API) })
	}
}

// openHistory returns the store and what is in it; no store if there can be none.
func openHistory(c *config.Config, log zerolog.Logger) (*history.Store, *history.Model) {
	const memory = "learned durations are kept in memory and lost when kojiwatch ends"
	if c.StateDir == "" {
		log.Warn().Msg("no state folder (state_dir) is configured: " + memory)
		return nil, history.New(c.Estimates.Size)
	}
	path := filepath.Join(c.StateDir, HistoryFile)
	store, learnt, err := history.Open(path, c.Estimates.Size)
	if errors.Is(err, history.ErrForeign) {
		if aside, moved := boltfile.SetAside(path); moved == nil {
			log.Warn().Err(err).Str("moved_to", aside).Msg("cannot read the history of durations; moving it aside and starting a new one")
			store, learnt, err = history.Open(path, c.Estimates.Size)
		}
	}
	if err != nil {
		hint.Log(log.Warn(), err).Msg("cannot use the history of durations: " + memory)
		return nil, history.New(c.Estimates.Size)
	}
	return store, learnt
}

// Measure registers the metrics of how estimates have fared and whether they are kept.
func (d *Service) Measure(to prometheus.Registerer) {
	if d != nil {
		to.MustRegister(metrics.Estimates(d.estimator.Scores), metrics.History(d.kept.Load))
	}
}

// Stats tells what is known, and how estimates at the start of tasks have fared.
type Stats struct {
	estimates.Stats
	Kept   bool // what was learnt is on the disk
	Scores score.Tally
}

// Stats returns nil where nothing is estimated.
func (d *Service) Stats() *Stats {
	if d == nil {
		return nil
	}
	opened := func(k score.Key) bool { return k.Moment == score.Open }
	return &Stats{d.estimator.Stats(), d.kept.Load(), d.estimator.Scores().Of(opened)}
}

// ForEvents returns the source of estimates for the enricher.
func (d *Service) ForEvents() enrich.Estimates {
	if d == nil {
		return nil
	}
	if d.stream != nil {
		return &notedEstimates{eventEstimates: eventEstimates{estimator: d.estimator}, notes: &d.stream.notes}
	}
	return &eventEstimates{estimator: d.estimator}
}

func (d *Service) keepFlushing(ctx context.Context) {
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
func (d *Service) flush() {
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
	d.writeFailures.Note(err)
}

// setAside makes way for a history that the next start begins anew.
func (d *Service) setAside(why error) {
	path := filepath.Join(d.dir, HistoryFile)
	aside, err := boltfile.SetAside(path)
	d.log.Warn().Err(errors.Join(why, err)).Str("moved_to", aside).
		Msg("the history of durations is damaged; it is moved aside, and new durations are kept in memory until the next start")
}

func (d *Service) write() error {
	changes := d.changes()
	if d.unwritten != nil {
		d.unwritten.Add(changes)
		changes = d.unwritten
	}
	d.unwritten = nil
	if changes.Empty() {
		return nil
	}
	if !d.began.IsZero() && d.store.Mark(markBegan).IsZero() {
		changes.Mark(markBegan, d.learningSince())
	}
	if err := d.store.Write(changes); err != nil {
		d.unwritten = changes
		return err
	}
	return WriteScores(d.dir, d.estimator.Scores())
}

func (d *Service) changes() *history.Changes {
	if d.stream != nil {
		return d.stream.changes()
	}
	return d.estimator.Changes()
}

// Stop ends the requests to the hub and the periodic writes.
func (d *Service) Stop() {
	if d != nil {
		d.stop()
		d.ended.Wait()
	}
}

// Close writes down what was learnt since.
func (d *Service) Close() {
	d.Stop()
	if d == nil || d.store == nil {
		return
	}
	d.flush()
	if err := d.store.Close(); err != nil {
		d.log.Warn().Err(err).Msg("close the history of durations")
	}
}

// OpenForReplay opens the history of a replay, which does without none.
func OpenForReplay(dir string, c *config.Config) (*Service, error) {
	store, learnt, err := history.Open(filepath.Join(dir, HistoryFile), c.Estimates.Size)
	if err != nil {
		return nil, err
	}
	scores, err := migrateScores(dir)
	if err != nil {
		return nil, errors.Join(err, store.Close())
	}
	o := estimates.Options{History: learnt, Scores: scores}
	return &Service{dir: dir, estimator: estimates.New(o), store: store}, nil
}

// End writes down what a replay has learnt.
func (d *Service) End() error { return errors.Join(d.write(), d.store.Close()) }

// hubLater is the hub's averages, once there is a hub: the estimator is made before.
type hubLater struct{ atomic.Pointer[live.Averages] }

// Average implements estimates.Averages.
func (h *hubLater) Average(pkg string) time.Duration {
	if a := h.Load(); a != nil {
		return a.Average(pkg)
	}
	return 0
}
