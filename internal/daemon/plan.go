package daemon

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/internal/pipeline"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
)

// plan is what a reload does. All of it is made before any of it is done, so that
// a mistake changes nothing.
type plan struct {
	fleet  *fleet
	common *shared
	config *config.Config

	members []*member // of the fleet to be, nil where one is to be launched
	added   map[int]*line
	removed []*member
	swaps   []swap
	changes changes
}

// swap is what a line gets.
type swap struct {
	member *member
	stage  *stage
	// consumer is another one; nil: that of the line goes on.
	consumer *consumer.Consumer[*pipeline.Job]
}

// fixed are the sections that only the start of the daemon puts into effect.
func fixed(key string) bool {
	section, _, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"hub", "cache", "estimates", "admin", "log", "state_dir", "tracing"}, section)
}

// keep takes over from the configuration in effect what cannot be changed.
func (p *plan) keep(current *config.Config) {
	for _, key := range p.config.Changes(current) {
		if fixed(key) {
			p.changes.waiting = append(p.changes.waiting, key)
		}
	}
	c := p.config
	c.Hub, c.Cache, c.Estimates, c.StateDir = current.Hub, current.Cache, current.Estimates, current.StateDir
	c.Admin, c.Log, c.Tracing = current.Admin, current.Log, current.Tracing
}

// make makes all that is needed. The error names what cannot be made.
func (p *plan) make() error {
	p.added = map[int]*line{}
	p.removed = p.fleet.list()
	var errs []error
	for i := range p.config.Sinks {
		s := &p.config.Sinks[i]
		at := slices.IndexFunc(p.removed, func(m *member) bool { return m.name == s.Name })
		if at < 0 {
			errs = append(errs, p.add(i, s))
			continue
		}
		m := p.removed[at]
		p.removed = slices.Delete(p.removed, at, at+1)
		p.members = append(p.members, m)
		errs = append(errs, p.alter(m, s))
	}
	for _, m := range p.removed {
		p.changes.removed = append(p.changes.removed, m.name)
	}
	return errors.Join(errs...)
}

func (p *plan) add(place int, s *config.Sink) error {
	p.members = append(p.members, nil)
	if p.fleet.lingers(s.Name) {
		return fmt.Errorf("sink %s: the one of that name that there was %w", s.Name, errHanging)
	}
	l, err := newLine(p.config, s, p.common)
	if err != nil {
		return err
	}
	l.late = true
	p.added[place] = l
	p.changes.added = append(p.changes.added, s.Name)
	return nil
}

// alter decides what becomes of a line whose sink stays.
func (p *plan) alter(m *member, s *config.Sink) error {
	made, pending := m.newest()
	all := p.config.Changes(made.all)
	keys := s.Changes(made.config)
	anew := pending || p.anotherConsumer(made, s)
	switch {
	case !anew && len(keys) == 0 && !slices.ContainsFunc(all, inStage) && digest(filesOf(s)) == made.files &&
		(s.Type != config.SinkAMQP || !brokerChanged(p.config, made.all)):
		p.changes.unchanged++
		return nil
	case anew && (made.config.Queue.Exclusive || made.config.Queue.AutoDelete):
		// To let go of such a queue is to lose what comes until the next one.
		p.changes.waiting = append(p.changes.waiting, "sinks."+s.Name)
		return nil
	}
	next := swap{member: m}
	var err error
	if next.stage, err = newStage(p.config, s, p.common, m.meters, made); err != nil {
		return err
	}
	p.swaps = append(p.swaps, next)
	p.changes.changed = append(p.changes.changed, s.Name)
	if anew {
		p.swaps[len(p.swaps)-1].consumer, err = m.newConsumer(p.config, s)
	}
	return err
}

// inStage tells whether a key outside of sinks goes into every stage.
func inStage(key string) bool {
	section, _, _ := strings.Cut(key, ".")
	return slices.Contains([]string{"instance", "limits", "users"}, section)
}

// anotherConsumer tells whether a line needs another consumer.
func (p *plan) anotherConsumer(made *stage, s *config.Sink) bool {
	return !reflect.DeepEqual(consumed(p.config, s), consumed(made.all, made.config)) || brokerChanged(p.config, made.all)
}

// consumed is what a consumer is made of, the broker aside.
func consumed(c *config.Config, s *config.Sink) any {
	opts := sinkbuild.ConsumerOptions(c, s)
	opts.Brokers = nil
	return struct {
		consumer.Options
		config.DeadLetters
	}{opts, s.DeadLetters}
}

// brokerChanged tells whether the broker is another one, or reached in another way.
func brokerChanged(a, b *config.Config) bool {
	return slices.ContainsFunc(a.Changes(b), func(key string) bool { return strings.HasPrefix(key, "broker.") })
}

// discard closes what was made for nothing.
func (p *plan) discard() error {
	var errs []error
	for _, l := range p.added {
		errs = append(errs, l.close())
	}
	for _, s := range p.swaps {
		made, _ := s.member.newest()
		errs = append(errs, s.stage.close(made))
	}
	return errors.Join(errs...)
}

// apply does what was planned. What goes away ends first, for what comes may
// consume its queue. The error names sinks that hang.
func (p *plan) apply(ctx context.Context) error {
	grace := p.config.ShutdownGrace
	err := p.fleet.dismiss(ctx, p.removed, grace+lastGrace)
	errs := make([]error, len(p.swaps))
	var all sync.WaitGroup
	for i, s := range p.swaps {
		all.Go(func() { errs[i] = s.do(ctx, grace) })
	}
	all.Wait()
	for place, l := range p.added {
		p.members[place] = p.fleet.launch(ctx, l, func() {})
	}
	p.fleet.set(p.members)
	return errors.Join(append(errs, err)...)
}
