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

// Hub is a fake hub. It is an http.Handler, and safe for concurrent use.
type Hub struct {
	opts     Options
	handlers map[string]*handler
	api      []python.Signature

	changing sync.Mutex // held while a new snapshot is made
	current  atomic.Pointer[answers.Snapshot]

	offline  atomic.Pointer[string] // the message; nil: online
	lockout  atomic.Bool
	sessions *sessions
	uploads  workfolder.Folder
	failures *failures
	counting sync.Mutex
	stats    Stats // guarded by counting

	ctx  context.Context // ends with Close
	stop context.CancelFunc
}

// New returns a hub. Call Close when it is no longer needed.
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

// Close cancels requests that hang.
func (h *Hub) Close() { h.stop() }

// Data returns a copy of the hub's data, with all ids.
func (h *Hub) Data() dataset.Data { return h.current.Load().Data.Clone() }

// Update changes the hub's data. change may modify the slices and their rows, but not
// the maps and slices in the rows, which it must replace. If the new data are invalid,
// Update returns an error and changes nothing.
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

// Offline makes the hub answer every call with ServerOffline and this message; "" means
// a hub's default message. Other messages of hubs are "database outage", "server startup
// error" and "configuration error".
func (h *Hub) Offline(message string) {
	if message == "" {
		message = "server is offline"
	}
	h.offline.Store(&message)
}

// Online makes the hub answer again after Offline.
func (h *Hub) Online() { h.offline.Store(nil) }

// LockOut sets whether the hub answers only administrators, and others with
// ServerOffline.
func (h *Hub) LockOut(on bool) { h.lockout.Store(on) }

func (h *Hub) now() time.Time { return h.opts.Clock().UTC() }
