package kojirpc

import (
	"context"
	"errors"
	"fmt"

	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// ErrNotSent is that the batch of a call was not sent, or not that far.
var ErrNotSent = errors.New("not sent")

// Batch is several calls that are sent together. It is for one goroutine.
//
//	b := kojirpc.NewBatch(c)
//	user := kojirpc.Queue[koji.User](b, "getUser", 5)
//	tags := kojirpc.Queue[[]koji.Tag](b, "listTags", kojirpc.Named{"build": 77})
//	if err := b.Send(ctx); err != nil { … }
//	u, err := user.Get()
type Batch struct {
	api    API
	queued []*entry
}

// entry is one call of a batch.
type entry struct {
	*passenger
	args []any
	into func() any
	err  error
}

// Result is what one call of a [Batch] returns.
type Result[T any] struct {
	api   API
	entry *entry
	value T
}

// NewBatch returns an empty batch of calls on c.
func NewBatch(c Caller) *Batch { return &Batch{api: c.api()} }

// Queue adds a call to the batch. What it returns is decoded as by [CallInto].
func Queue[T any](b *Batch, method string, args ...any) *Result[T] {
	r := &Result[T]{api: b.api}
	r.entry = &entry{
		passenger: &passenger{method: method},
		args:      args,
		into: func() any {
			r.value = *new(T)
			return target(&r.value)
		},
		err: ErrNotSent,
	}
	b.queued = append(b.queued, r.entry)
	return r
}

// Get returns what the call returned or its own error. Before Send, and if the
// batch did not get that far, the error is ErrNotSent.
func (r *Result[T]) Get() (T, error) {
	if err := r.entry.err; err != nil {
		return *new(T), fmt.Errorf("hub %s: %w", r.api.hub.label(r.entry.method, r.entry.args), err)
	}
	return r.value, nil
}

// Send sends the calls queued since it was last called. If one of them may change
// something, all go as one request, which the hub handles as one transaction: a
// call that fails is undone by itself. Calls that only read go in as many
// requests as Options.Batching says. The error is that of a request as a whole;
// each call's own comes with its result.
func (b *Batch) Send(ctx context.Context) error {
	entries := b.queued
	b.queued = nil
	if len(entries) == 0 {
		return nil
	}
	h := b.api.hub
	if !h.work.begin() {
		return fmt.Errorf("hub multiCall: %w", ErrClosed)
	}
	defer h.work.end()
	h.stats.calls.Add(uint64(len(entries)))
	harmless := true
	for _, e := range entries {
		if err := e.pack(e.args); err != nil {
			return fmt.Errorf("hub %s: %w", h.label(e.method, e.args), err)
		}
		harmless = harmless && h.isReadOnly(e.method)
	}
	for len(entries) > 0 {
		n := len(entries)
		if harmless {
			n = h.fit(n, func(i int) int { return len(entries[i].entry) })
		}
		if err := b.send(ctx, entries[:n], harmless); err != nil {
			return fmt.Errorf("hub multiCall: %w", err)
		}
		entries = entries[n:]
	}
	return nil
}

// send does one request.
func (b *Batch) send(ctx context.Context, entries []*entry, harmless bool) error {
	h := b.api.hub
	aboard := make([]*passenger, len(entries))
	for i, e := range entries {
		aboard[i] = e.passenger
	}
	body, err := appendMulti(aboard)
	if err != nil {
		return err
	}
	h.stats.batch(len(entries))
	return b.api.line.run(ctx, &job{method: "multiCall", body: body, harmless: harmless, decode: func(answer []byte) error {
		into := make([]any, len(entries))
		for i, e := range entries {
			into[i] = e.into()
		}
		errs, err := xmlrpc.DecodeMulti(answer, h.opts.Limits, into)
		if err != nil {
			return typed(err)
		}
		for i, e := range entries {
			e.err = typed(errs[i])
		}
		return nil
	}})
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
