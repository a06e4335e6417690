package multicall

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/sender"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Batcher gathers calls that only read into multiCalls. A call waits for others for
// Options.Window, or longer while the Doer is busy; then all waiting calls that fit
// are sent together.
type Batcher struct {
	opts   Options
	sender *sender.Sender
	doer   Doer

	mu       sync.Mutex
	queue    []*Call
	running  int         // requests under way
	overdue  bool        // the window of the first call in the queue has ended
	deadline *time.Timer // ends the window of the first call; nil: the queue is empty
}

// New returns a batcher that makes its requests with d, which sends with s.
func New(s *sender.Sender, d Doer, o Options) *Batcher { return &Batcher{opts: o, sender: s, doer: d} }

// sharedRequest is a request under way. It is canceled when all its callers have
// given up.
type sharedRequest struct {
	waiting int // callers that have not given up
	cancel  context.CancelFunc
}

// Call makes a call, together with others, and decodes its result into the value
// into points to. Only the caller's own goroutine writes to it.
func (b *Batcher) Call(ctx context.Context, method string, args []any, into any) error {
	c, err := NewCall(method, args)
	if err != nil {
		return err
	}
	c.done = make(chan struct{})
	if c.alone, err = xmlrpc.AppendCall(nil, method, args...); err != nil {
		return err
	}
	if err := b.sender.Check(); err != nil {
		return err
	}
	b.enqueue(c) //nolint:contextcheck // a shared request does not end with one caller
	select {
	case <-c.done:
	case <-ctx.Done():
		b.abandon(c)
		return context.Cause(ctx)
	}
	if c.Err != nil {
		return c.Err
	}
	return c.answer.Decode(b.opts.Limits, into)
}

func (b *Batcher) enqueue(c *Call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, c)
	if b.deadline == nil {
		b.deadline = time.AfterFunc(b.opts.Window, b.windowEnded)
	}
	b.flush()
}

func (b *Batcher) windowEnded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.overdue = b.deadline != nil
	b.flush()
}

// abandon removes a call whose caller has given up.
func (b *Batcher) abandon(c *Call) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if s := c.shared; s != nil {
		if s.waiting--; s.waiting == 0 {
			s.cancel()
		}
		return
	}
	if i := slices.Index(b.queue, c); i >= 0 {
		b.queue = slices.Delete(b.queue, i, i+1)
		b.resetWindow()
	}
}

// resetWindow stops the window if the queue is empty. mu is held.
func (b *Batcher) resetWindow() {
	if len(b.queue) > 0 || b.deadline == nil {
		return
	}
	b.deadline.Stop()
	b.deadline, b.overdue = nil, false
}

// flush sends the calls that are due. mu is held.
func (b *Batcher) flush() {
	for b.running < b.doer.Concurrency() && len(b.queue) > 0 {
		n := b.opts.fit(b.queue)
		full := n < len(b.queue) || n == b.opts.Size
		if !b.overdue && !full {
			break
		}
		if !b.sender.Calls.Begin() {
			b.failQueued()
			break
		}
		calls := slices.Clone(b.queue[:n])
		b.queue = slices.Delete(b.queue, 0, n)
		b.running++
		go b.run(b.share(calls), calls)
	}
	b.resetWindow()
}

// Close fails all queued calls. The sender's Calls must be closed before.
func (b *Batcher) Close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failQueued()
	b.resetWindow()
}

// failQueued fails all queued calls with huberror.ErrClosed. mu is held.
func (b *Batcher) failQueued() {
	for _, c := range b.queue {
		c.Err = huberror.ErrClosed
		close(c.done)
	}
	b.queue = nil
}

// share attaches the calls to a shared request and returns its context. mu is held.
func (b *Batcher) share(calls []*Call) context.Context {
	ctx, cancel := context.WithCancel(b.sender.Base)
	s := &sharedRequest{waiting: len(calls), cancel: cancel}
	for _, c := range calls {
		c.shared = s
	}
	return ctx
}

// run sends the calls and finishes each.
func (b *Batcher) run(ctx context.Context, calls []*Call) {
	defer b.sender.Calls.End()
	defer calls[0].shared.cancel()
	err := b.send(ctx, calls)
	for _, c := range calls {
		if err != nil {
			c.Err = err
		}
		close(c.done)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running--
	b.flush() //nolint:contextcheck // the next request has a context of its own
}

// send sends several calls as a multiCall, and a single call as a plain request.
func (b *Batcher) send(ctx context.Context, calls []*Call) error {
	if len(calls) == 1 {
		c := calls[0]
		return b.doer.Do(ctx, &exchange.Request{Method: c.method, Body: c.alone, Harmless: true, Decode: b.sender.HTTP.Decoder(&c.answer)})
	}
	return b.request(ctx, calls, true, func(i int) any { return &calls[i].answer })
}
