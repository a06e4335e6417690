package daemon

import (
	"sync"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/buildsystem"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
)

// observers are told of the events that sinks get, once of each event, however many sinks
// get it; and once more where only a later sink asks why the task failed. The zero value is
// usable.
type observers struct {
	all []func(*event.Event)
	// counting count what happens after the start.
	counting []func(*event.Event)

	mu  sync.Mutex
	ids eventIDs
}

// add is not to be called once events come.
func (o *observers) add(observe func(*event.Event)) { o.all = append(o.all, observe) }

func (o *observers) observe(e *event.Event) { o.observeStream(e, true) }

// observeStream is observe for an event of the stream of the state. Those that count are
// told of news only, and not of what is read once more.
func (o *observers) observeStream(e *event.Event, news bool) {
	if len(o.all)+len(o.counting) == 0 || o.again(e) {
		return
	}
	for _, observe := range o.all {
		observe(e)
	}
	if !news {
		return
	}
	for _, observe := range o.counting {
		observe(e)
	}
}

func (o *observers) again(e *event.Event) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.ids.again(e.ID, e.Failure != nil)
}

// newBuildSystem returns what follows the build system for metrics; nil where there is no
// listener to ask for them.
func newBuildSystem(c *config.Config, estimates *estimation.Service) *buildsystem.System {
	if c.Admin.Listen == "" {
		return nil
	}
	s := buildsystem.New(buildsystem.Options{StartsAt: estimates.StartsAt})
	estimates.OnQueue(s.Load)
	return s
}

// observe has the board, the campaigns and the build system's metrics told of events, where
// they are.
func (c *shared) observe(system *buildsystem.System) {
	if c.board != nil {
		c.observers.add(c.board.Observe)
	}
	if c.campaigns != nil {
		c.observers.add(c.campaigns.Observe)
	}
	if c.alerts != nil {
		c.observers.add(c.alerts.observe)
		c.registry.MustRegister(metrics.Alerts(c.alerts.counts))
	}
	if system != nil {
		c.observers.counting = append(c.observers.counting, system.Observe)
		c.registry.MustRegister(metrics.BuildSystem(system.Stats))
	}
}
