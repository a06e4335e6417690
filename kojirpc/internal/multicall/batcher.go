package kojirpc

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/methods"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// batcher gathers calls that only read into multiCalls. A call waits for others
// for Batching.Window, and for as long as its doer is busy; then all that wait go
// together, as many as fit.
type batcher struct {
	hub  *hub
	doer doer

	mu       sync.Mutex
	queue    []*pendingCall
	running  int         // requests under way
	overdue  bool        // the first call of the queue has waited for the window
	deadline *time.Timer // ends the window of the first call; nil: the queue is empty
}

// pendingCall is one call of a multiCall, before and while it is sent.
type pendingCall struct {
	method string
	alone  []byte         // the request that is this call alone
	entry  xmlrpc.Raw     // the call as part of a multiCall
	shared *sharedRequest // the request that it is part of; nil while it is queued
	done   chan struct{}
	answer xmlrpc.Raw
	err    error
}

// sharedRequest is a request under way. It is canceled when nobody waits for it
// any more.
type sharedRequest struct {
	waiting int // calls whose caller has not given up
	cancel  context.CancelFunc
}

// call makes a call together with others and decodes its result. Only the
// caller's own goroutine touches into.
func (b *batcher) call(ctx context.Context, method string, args []any, into any) error {
	c := &pendingCall{method: method, done: make(chan struct{})}
	if err := c.encode(args); err != nil {
		return err
	}
	if err := b.hub.sender.Check(); err != nil {
		return err
	}
	b.enqueue(c) //nolint:contextcheck // a shared request does not end with one caller
	select {
	case <-c.done:
	case <-ctx.Done():
		b.abandon(c)
		return context.Cause(ctx)
	}
	if c.err != nil {
		return c.err
	}
	return c.answer.Decode(b.hub.opts.Limits, into)
}

// encode writes the call at once: its arguments belong to the caller and may
// change once it has given up.
func (c *pendingCall) encode(args []any) (err error) {
	if c.alone, err = xmlrpc.AppendCall(nil, c.method, args...); err != nil {
		return err
	}
	entry, err := xmlrpc.AppendValue(nil, xmlrpc.Call{Method: c.method, Params: args})
	c.entry = bytes.TrimSuffix(entry, []byte("\n"))
	return err
}

func (b *batcher) enqueue(c *pendingCall) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, c)
	if b.deadline == nil {
		b.deadline = time.AfterFunc(b.hub.opts.Batching.Window, b.windowEnded)
	}
	b.flush()
}

func (b *batcher) windowEnded() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.overdue = b.deadline != nil
	b.flush()
}

// abandon removes a call whose caller has given up.
func (b *batcher) abandon(c *pendingCall) {
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

// resetWindow forgets the window if the queue is empty. mu is held.
func (b *batcher) resetWindow() {
	if len(b.queue) > 0 || b.deadline == nil {
		return
	}
	b.deadline.Stop()
	b.deadline, b.overdue = nil, false
}

// flush sends what is due. mu is held.
func (b *batcher) flush() {
	for b.running < b.doer.Concurrency() && len(b.queue) > 0 {
		n := b.hub.fit(len(b.queue), func(i int) int { return len(b.queue[i].entry) })
		full := n < len(b.queue) || n == b.hub.opts.Batching.Size
		if !b.overdue && !full {
			break
		}
		if !b.hub.sender.Calls.Begin() {
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

// close fails all queued calls, once nothing may begin any more.
func (b *batcher) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.failQueued()
	b.resetWindow()
}

// failQueued fails all queued calls with ErrClosed. mu is held.
func (b *batcher) failQueued() {
	for _, c := range b.queue {
		c.err = ErrClosed
		close(c.done)
	}
	b.queue = nil
}

// share makes the request that the calls are part of. mu is held.
func (b *batcher) share(calls []*pendingCall) context.Context {
	ctx, cancel := context.WithCancel(b.hub.sender.Base)
	s := &sharedRequest{waiting: len(calls), cancel: cancel}
	for _, c := range calls {
		c.shared = s
	}
	return ctx
}

// run sends calls and gives each its answer.
func (b *batcher) run(ctx context.Context, calls []*pendingCall) {
	defer b.hub.sender.Calls.End()
	defer calls[0].shared.cancel()
	err := b.send(ctx, calls)
	for _, c := range calls {
		if err != nil {
			c.err = err
		}
		close(c.done)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.running--
	b.flush() //nolint:contextcheck // the next request has a context of its own
}

// send makes the request of several calls; that of a single call is a plain one.
func (b *batcher) send(ctx context.Context, calls []*pendingCall) error {
	if len(calls) == 1 {
		c := calls[0]
		return b.doer.Do(ctx, &exchange.Request{Method: c.method, Body: c.alone, Harmless: true, Decode: b.hub.sender.HTTP.Decoder(&c.answer)})
	}
	into := make([]any, len(calls))
	for i, c := range calls {
		into[i] = &c.answer
	}
	return b.hub.multiCall(ctx, b.doer, calls, true, func(answer []byte) error {
		return decodeMulti(answer, b.hub.opts.Limits, calls, into)
	})
}

// multiCall sends several calls as one request.
func (h *hub) multiCall(ctx context.Context, d doer, calls []*pendingCall, harmless bool, decode func([]byte) error) error {
	entries := make([]any, len(calls))
	size := 500 // what is around the calls
	for i, c := range calls {
		entries[i] = c.entry
		size += len(c.entry)
	}
	body, err := xmlrpc.AppendCall(make([]byte, 0, size), "multiCall", entries)
	if err != nil {
		return err
	}
	h.batches.Add(1)
	h.batched.Add(uint64(len(calls)))
	return d.Do(ctx, &exchange.Request{Method: "multiCall", Body: body, Harmless: harmless, Decode: decode})
}

// decodeMulti divides the answer to a multiCall among its calls.
func decodeMulti(answer []byte, lim xmlrpc.Limits, calls []*pendingCall, into []any) error {
	errs, err := xmlrpc.DecodeMulti(answer, lim, into)
	if err != nil {
		return huberror.OfCodec(err)
	}
	for i, c := range calls {
		c.err = huberror.OfCodec(errs[i])
	}
	return nil
}

// fit returns how many of n calls go into one request.
func (h *hub) fit(n int, size func(i int) int) int {
	total := 0
	for i := range n {
		total += size(i)
		if i == h.opts.Batching.Size || i > 0 && total > h.opts.Batching.Bytes {
			return i
		}
	}
	return n
}

// batchable reports whether a call may be gathered into a multiCall: it only
// reads, and its answer is short.
func (h *hub) batchable(method string, args []any) bool {
	switch methods.KindOf(method) {
	case methods.Reads:
		return true
	case methods.Sweeps:
		return methods.IsShort(args)
	}
	return h.readOnly[method]
}
