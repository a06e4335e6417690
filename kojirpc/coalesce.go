package kojirpc

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// pool gathers calls that only read. A call waits for others for as long as
// Batching.Window, and for as long as all lanes of its line are taken; then all
// that wait go together, as many as fit.
type pool struct {
	hub  *hub
	line line

	mu      sync.Mutex
	waiting []*passenger
	running int         // batches under way
	due     bool        // the first that waits has waited for the window
	timer   *time.Timer // ends the window of the first that waits; nil: none waits
}

// passenger is one call that travels with others.
type passenger struct {
	method string
	alone  []byte     // the request that is this call alone
	entry  xmlrpc.Raw // the call as part of a multiCall
	trip   *trip      // what it travels with; nil while it waits
	done   chan struct{}
	answer xmlrpc.Raw
	err    error
}

// trip is a batch under way. It is broken off when nobody waits for it.
type trip struct {
	aboard int // who has not given up
	cancel context.CancelFunc
}

// call travels with others and decodes what comes back. Only the caller's own
// goroutine touches into.
func (p *pool) call(ctx context.Context, method string, args []any, into func() any) error {
	w := &passenger{method: method, done: make(chan struct{})}
	if err := w.pack(args); err != nil {
		return err
	}
	if err := p.hub.breaker.check(); err != nil {
		p.hub.stats.refused.Add(1)
		return err
	}
	p.board(w) //nolint:contextcheck // what travels together ends with no single caller
	select {
	case <-w.done:
	case <-ctx.Done():
		p.giveUp(w)
		return context.Cause(ctx)
	}
	if w.err != nil {
		return w.err
	}
	return w.answer.Decode(p.hub.opts.Limits, into())
}

// pack encodes the call, whose arguments belong to the caller and may change once
// it has given up.
func (w *passenger) pack(args []any) (err error) {
	if w.alone, err = xmlrpc.AppendCall(nil, w.method, args...); err != nil {
		return err
	}
	entry, err := xmlrpc.AppendValue(nil, xmlrpc.Call{Method: w.method, Params: args})
	w.entry = bytes.TrimSuffix(entry, []byte("\n"))
	return err
}

func (p *pool) board(w *passenger) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waiting = append(p.waiting, w)
	if p.timer == nil {
		p.timer = time.AfterFunc(p.hub.opts.Batching.Window, p.windowOver)
	}
	p.depart()
}

func (p *pool) windowOver() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.due = p.timer != nil
	p.depart()
}

// giveUp takes a caller out that does not wait any longer.
func (p *pool) giveUp(w *passenger) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if t := w.trip; t != nil {
		if t.aboard--; t.aboard == 0 {
			t.cancel()
		}
		return
	}
	if i := slices.Index(p.waiting, w); i >= 0 {
		p.waiting = slices.Delete(p.waiting, i, i+1)
		p.settle()
	}
}

// settle forgets the window when nobody waits. It is called with mu held.
func (p *pool) settle() {
	if len(p.waiting) > 0 || p.timer == nil {
		return
	}
	p.timer.Stop()
	p.timer, p.due = nil, false
}

// depart sends what is to be sent now. It is called with mu held.
func (p *pool) depart() {
	for p.running < p.line.lanes() && len(p.waiting) > 0 {
		n := p.hub.fit(len(p.waiting), func(i int) int { return len(p.waiting[i].entry) })
		full := n < len(p.waiting) || n == p.hub.opts.Batching.Size
		if !p.due && !full {
			break
		}
		if !p.hub.work.begin() {
			p.strand()
			break
		}
		aboard := slices.Clone(p.waiting[:n])
		p.waiting = slices.Delete(p.waiting, 0, n)
		p.running++
		go p.travel(p.embark(aboard), aboard)
	}
	p.settle()
}

// close fails all that wait, once nothing may begin any more.
func (p *pool) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.strand()
	p.settle()
}

// strand fails all that wait. It is called with mu held.
func (p *pool) strand() {
	for _, w := range p.waiting {
		w.err = ErrClosed
		close(w.done)
	}
	p.waiting = nil
}

// embark begins a trip. It is called with mu held.
func (p *pool) embark(aboard []*passenger) context.Context {
	ctx, cancel := context.WithCancel(p.hub.base)
	t := &trip{aboard: len(aboard), cancel: cancel}
	for _, w := range aboard {
		w.trip = t
	}
	return ctx
}

// travel sends a batch and hands out what comes back.
func (p *pool) travel(ctx context.Context, aboard []*passenger) {
	defer p.hub.work.end()
	defer aboard[0].trip.cancel()
	err := p.send(ctx, aboard)
	for _, w := range aboard {
		if err != nil {
			w.err = err
		}
		close(w.done)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.running--
	p.depart() //nolint:contextcheck // the next trip is another one
}

// send does the request of a batch; that of a single call is a plain one.
func (p *pool) send(ctx context.Context, aboard []*passenger) error {
	j := &job{method: "multiCall", harmless: true}
	var err error
	if len(aboard) == 1 {
		w := aboard[0]
		j.method = w.method
		j.body = w.alone
		j.decode = func(answer []byte) error {
			return typed(xmlrpc.DecodeResponse(answer, p.hub.opts.Limits, &w.answer))
		}
	} else {
		p.hub.stats.batch(len(aboard))
		j.body, err = appendMulti(aboard)
		j.decode = func(answer []byte) error { return p.unload(answer, aboard) }
	}
	if err != nil {
		return err
	}
	return p.line.run(ctx, j)
}

// appendMulti makes the request that is several calls.
func appendMulti(aboard []*passenger) ([]byte, error) {
	calls := make([]any, len(aboard))
	size := 500 // what is around the calls
	for i, w := range aboard {
		calls[i] = w.entry
		size += len(w.entry)
	}
	return xmlrpc.AppendCall(make([]byte, 0, size), "multiCall", calls)
}

// unload divides the answer of a batch.
func (p *pool) unload(answer []byte, aboard []*passenger) error {
	into := make([]any, len(aboard))
	for i, w := range aboard {
		into[i] = &w.answer
	}
	errs, err := xmlrpc.DecodeMulti(answer, p.hub.opts.Limits, into)
	if err != nil {
		return typed(err)
	}
	for i, w := range aboard {
		w.err = typed(errs[i])
	}
	return nil
}
