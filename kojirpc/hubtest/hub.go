package hubtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/answers"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/workfolder"
)

// Hub is a hub. It is an http.Handler, and safe for concurrent use.
type Hub struct {
	opts     Options
	handlers map[string]*handler
	api      []python.Signature

	changing sync.Mutex // by those who make a new snapshot
	current  atomic.Pointer[answers.Snapshot]

	offline  atomic.Pointer[string] // nil: it is not
	lockout  atomic.Bool
	sessions *sessions
	uploads  workfolder.Folder
	failures *failures
	counting sync.Mutex
	stats    Stats // while counting is held

	ctx  context.Context // ends with Close
	stop context.CancelFunc
}

// New makes a hub. Close ends it.
func New(opts Options) (*Hub, error) {
	opts = opts.withDefaults()
	s, err := answers.NewSnapshot(opts.Data.Clone())
	if err != nil {
		return nil, fmt.Errorf("hub data: %w", err)
	}
	text := apiText
	if opts.NoAverageAge {
		text = strings.Replace(text, "getAverageBuildDuration(package, age=None)", "getAverageBuildDuration(package)", 1)
	}
	api, err := python.ParseAPI(text)
	if err != nil {
		return nil, err
	}
	rng := rand.New(rand.NewPCG(opts.Seed, 1))
	h := &Hub{
		opts:     opts,
		api:      api,
		sessions: newSessions(rng),
		failures: &failures{rng: rand.New(rand.NewPCG(opts.Seed, 2))},
		stats:    Stats{Calls: map[string]int{}},
	}
	h.opts.Data = dataset.Data{}
	h.current.Store(s)
	h.handlers = newHandlers(h.api)
	h.ctx, h.stop = context.WithCancel(context.Background())
	return h, nil
}

// Close lets go of requests that hang.
func (h *Hub) Close() { h.stop() }

// Data returns a copy of what the hub knows, with all ids.
func (h *Hub) Data() dataset.Data { return h.current.Load().Data.Clone() }

// Update changes what the hub knows. change may alter the slices and the rows
// in them, but not the maps and slices that rows hold: those it must replace.
// If what comes out is not valid, nothing changes.
func (h *Hub) Update(change func(*dataset.Data)) error {
	return h.update(func(d *dataset.Data, _ *answers.Snapshot) { change(d) })
}

func (h *Hub) update(change func(*dataset.Data, *answers.Snapshot)) error {
	h.changing.Lock()
	defer h.changing.Unlock()
	old := h.current.Load()
	d := old.Data.Clone()
	change(&d, old)
	s, err := answers.NewSnapshot(d)
	if err != nil {
		return fmt.Errorf("hub data: %w", err)
	}
	h.current.Store(s)
	return nil
}

// Offline has the hub answer every call with ServerOffline and this message;
// "" is the message of a hub that was given none. Other messages that hubs
// give are "database outage", "server startup error" and "configuration
// error".
func (h *Hub) Offline(message string) {
	if message == "" {
		message = "server is offline"
	}
	h.offline.Store(&message)
}

// Online ends what Offline began.
func (h *Hub) Online() { h.offline.Store(nil) }

// LockOut sets whether only administrators get answers, others ServerOffline.
func (h *Hub) LockOut(on bool) { h.lockout.Store(on) }

func (h *Hub) now() time.Time { return h.opts.Clock().UTC() }
