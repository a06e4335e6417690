// Package multicall makes one request of several calls: of those that are given
// together, and of those that a [Batcher] gathers.
package multicall

import (
	"bytes"
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Options say how calls go together; kojirpc.Batching says what each means.
type Options struct {
	Window time.Duration
	Size   int
	Bytes  int
	Limits xmlrpc.Limits
	// Sending is called before a multiCall is sent, with the number of its calls.
	Sending func(calls int)
}

// Doer makes requests to the hub: anonymously, or as a session.
type Doer interface {
	// Do makes a request, with all that it takes: waiting, repeating, logging in.
	Do(ctx context.Context, r *exchange.Request) error
	// Concurrency is how many requests are made at once.
	Concurrency() int
}

// Call is one call of a multiCall, before and while it is sent.
type Call struct {
	// Err says how the call ended.
	Err error

	method string
	entry  xmlrpc.Raw // the call as part of a multiCall

	// These are of a call that a Batcher gathers.
	alone  []byte         // the request that is this call alone
	shared *sharedRequest // the request that it is part of; nil while it is queued
	done   chan struct{}
	answer xmlrpc.Raw
}

// NewCall writes the call at once: its arguments belong to the caller and may
// change once it has given up.
func NewCall(method string, args []any) (*Call, error) {
	entry, err := xmlrpc.AppendValue(nil, xmlrpc.Call{Method: method, Params: args})
	if err != nil {
		return nil, err
	}
	return &Call{method: method, entry: bytes.TrimSuffix(entry, []byte("\n"))}, nil
}

// Send makes one request of calls and sets the Err of each: of all of them or, if they
// are harmless, of as many as fit. It returns how many those were. into says where the
// result of a call goes.
func (b *Batcher) Send(ctx context.Context, calls []*Call, harmless bool, into func(i int) any) (int, error) {
	n := len(calls)
	if harmless {
		n = b.opts.fit(calls)
	}
	return n, b.request(ctx, calls[:n], harmless, into)
}

// request sends several calls as one request.
func (b *Batcher) request(ctx context.Context, calls []*Call, harmless bool, into func(i int) any) error {
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
	b.opts.Sending(len(calls))
	return b.doer.Do(ctx, &exchange.Request{Method: "multiCall", Body: body, Harmless: harmless, Decode: func(answer []byte) error {
		return b.decode(answer, calls, into)
	}})
}

// decode divides the answer to a multiCall among its calls.
func (b *Batcher) decode(answer []byte, calls []*Call, into func(i int) any) error {
	results := make([]any, len(calls))
	for i := range calls {
		results[i] = into(i)
	}
	errs, err := xmlrpc.DecodeMulti(answer, b.opts.Limits, results)
	if err != nil {
		return huberror.OfCodec(err)
	}
	for i, c := range calls {
		c.Err = huberror.OfCodec(errs[i])
	}
	return nil
}

// fit returns how many of the calls go into one request.
func (o *Options) fit(calls []*Call) int {
	total := 0
	for i, c := range calls {
		total += len(c.entry)
		if i == o.Size || i > 0 && total > o.Bytes {
			return i
		}
	}
	return len(calls)
}
