// Package multicall combines several calls into one request: calls that are made
// together, and calls that a [Batcher] gathers.
package multicall

import (
	"bytes"
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Options configure a Batcher; see kojirpc.Batching for the fields.
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
	// Do makes a request, including waiting, retries and login.
	Do(ctx context.Context, r *exchange.Request) error
	// Concurrency returns the maximum number of concurrent requests.
	Concurrency() int
}

// Call is one call of a multiCall, before and while it is sent.
type Call struct {
	// Err is the error of the call.
	Err error

	method string
	entry  xmlrpc.Raw // the call as part of a multiCall

	// The following fields are for calls that a Batcher gathers.
	alone  []byte         // the call as a request of its own
	shared *sharedRequest // the request that it is part of; nil while it is queued
	done   chan struct{}
	answer xmlrpc.Raw
}

// NewCall encodes the call immediately: the arguments belong to the caller, who may
// change them after giving up.
func NewCall(method string, args []any) (*Call, error) {
	entry, err := xmlrpc.AppendValue(nil, xmlrpc.Call{Method: method, Params: args})
	if err != nil {
		return nil, err
	}
	return &Call{method: method, entry: bytes.TrimSuffix(entry, []byte("\n"))}, nil
}

// Send sends calls as one request and sets the Err of each. If they are harmless, it
// sends only as many as fit. It returns the number of calls sent. The result of call i
// is decoded into into(i).
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
	size := 500 // for the XML around the calls
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

// decode decodes the answer to a multiCall and sets the Err of each call.
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

// fit returns how many of the calls fit into one request.
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
