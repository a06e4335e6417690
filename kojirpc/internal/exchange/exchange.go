// Package exchange sends requests to a hub over HTTP and reads the answers.
package exchange

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// Options configure the connections to a hub and limit its answers.
type Options struct {
	TLS          TLS
	Proxy        func(*http.Request) (*url.URL, error)
	UserAgent    string
	MaxIdleConns int
	Limits       xmlrpc.Limits
}

// Client sends requests to a hub.
type Client struct {
	opts    Options
	base    context.Context        // ends all requests
	version atomic.Pointer[string] // of the hub, from its last answer
	buffers sync.Pool              // of *bytes.Buffer
}

// New returns a client whose requests are canceled when base ends.
func New(base context.Context, o Options) *Client {
	c := &Client{opts: o, base: base}
	c.buffers.New = func() any { return new(bytes.Buffer) }
	return c
}

// Request is one request to the hub: a call, several as one multiCall, or a piece of
// a file.
type Request struct {
	Method string
	Body   []byte
	// Piece, if set, means that Body is a piece of a file, and says where the piece
	// goes. It is sent in the URL's query.
	Piece url.Values
	// Harmless means that the request only reads and may be retried.
	Harmless bool
	// Decode decodes the answer. Its error for a fault is a *huberror.Fault.
	Decode func(answer []byte) error
}

// Decoder returns a function that decodes an answer into the value into points to. If
// into is nil, it only checks the answer.
func (c *Client) Decoder(into any) func([]byte) error {
	return func(answer []byte) error {
		return huberror.OfCodec(xmlrpc.DecodeResponse(answer, c.opts.Limits, into))
	}
}

// Route says where and how to send a request.
type Route struct {
	Transport *Transport
	URL       *url.URL
	Header    http.Header // additional headers
	Timeout   time.Duration
	Secrets   []string // secrets in the request, to be removed from errors
	// Inspect, if set, is called with the response before its body is read.
	Inspect func(*http.Response)
}

// Version returns the version of the hub from its last answer; "" if it is unknown.
func (c *Client) Version() string {
	if v := c.version.Load(); v != nil {
		return *v
	}
	return ""
}

// Do sends a request and reads the answer.
func (c *Client) Do(ctx context.Context, to Route, r *Request) error {
	err := c.post(ctx, to, r)
	for _, secret := range to.Secrets {
		censor(err, secret)
	}
	return err
}

// censor removes a secret from the server's text in an error: a server may echo the
// request.
func censor(err error, secret string) {
	hide := func(text *string) { *text = strings.ReplaceAll(*text, secret, "…") }
	if f, ok := errors.AsType[*huberror.Fault](err); ok {
		hide(&f.Text)
	}
	if e, ok := errors.AsType[*xmlrpc.SyntaxError](err); ok {
		hide(&e.Begin)
		hide(&e.Msg)
	}
}

// post is Do without the removal of secrets.
func (c *Client) post(ctx context.Context, to Route, r *Request) error {
	limited, cancel := context.WithTimeoutCause(ctx, to.Timeout, timeoutError(to.Timeout))
	defer cancel()
	limited, abandon := context.WithCancelCause(limited)
	defer abandon(nil)
	defer context.AfterFunc(c.base, func() { abandon(huberror.ErrClosed) })() //nolint:contextcheck // the request also ends with the client

	var stale bool
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{
		GotConn: func(conn httptrace.GotConnInfo) { stale = conn.WasIdle },
	})
	req, err := c.httpRequest(traced, to, r)
	if err != nil {
		return err
	}
	defer to.Transport.leave(limited)
	resp, err := to.Transport.roundTrip(req)
	if err != nil {
		return c.networkError(ctx, limited, to, err, stale)
	}
	defer resp.Body.Close()
	if to.Inspect != nil {
		to.Inspect(resp)
	}
	buf := c.buffers.Get().(*bytes.Buffer)
	defer c.release(buf)
	if err := c.read(resp, buf); err != nil {
		if _, ok := errors.AsType[*xmlrpc.LimitError](err); ok {
			return err
		}
		return c.networkError(ctx, limited, to, err, false)
	}
	if resp.StatusCode != http.StatusOK {
		page := buf.String()
		for _, secret := range to.Secrets { // before the page is shortened, which could leave half a secret
			page = strings.ReplaceAll(page, secret, "…")
		}
		return httpError(resp, page)
	}
	if v := resp.Header.Get("Koji-Version"); v != "" {
		c.noteVersion(v)
	}
	return r.Decode(buf.Bytes())
}

// httpRequest makes the HTTP request. It sets the URL itself, because the URL may
// contain a session key, which an error of net/http would quote.
func (c *Client) httpRequest(ctx context.Context, to Route, r *Request) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(r.Body))
	if err != nil {
		return nil, err
	}
	req.URL, req.Host = to.URL, to.URL.Host
	maps.Copy(req.Header, to.Header)
	req.Header.Set("Content-Type", "text/xml")
	if r.Piece != nil {
		u := *to.URL
		u.RawQuery = strings.TrimPrefix(u.RawQuery+"&"+r.Piece.Encode(), "&")
		req.URL = &u
		req.Header.Set("Content-Type", "application/octet-stream")
	}
	req.Header.Set("User-Agent", c.opts.UserAgent)
	return req, nil
}

// read reads an answer into buf, unless it is too long.
func (c *Client) read(resp *http.Response, buf *bytes.Buffer) error {
	limit := int64(c.opts.Limits.Bytes)
	if resp.StatusCode != http.StatusOK {
		limit = maxPage
	}
	if n := resp.ContentLength; n > 0 && !resp.Uncompressed {
		buf.Grow(int(min(n, limit)) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return fmt.Errorf("reading the answer failed after %d bytes: %w", n, err)
	case n > limit && resp.StatusCode == http.StatusOK:
		return &xmlrpc.LimitError{What: "bytes", Limit: int(limit), Offset: int(limit)}
	}
	return nil
}

// maxPage is the maximum size of a page that is read instead of an answer, and
// maxBuffer that of a buffer that is kept for another answer.
const (
	maxPage   = 64 << 10
	maxBuffer = 8 << 20
)

func (c *Client) release(buf *bytes.Buffer) {
	if buf.Cap() <= maxBuffer {
		buf.Reset()
		c.buffers.Put(buf)
	}
}

// networkError returns why there was no answer. The end of the caller's own context
// takes precedence.
func (c *Client) networkError(caller, limited context.Context, to Route, err error, stale bool) error {
	if caller.Err() != nil {
		return context.Cause(caller)
	}
	if cause := context.Cause(limited); cause != nil {
		if errors.Is(cause, huberror.ErrClosed) {
			return huberror.ErrClosed
		}
		err, stale = cause, false
	}
	network := &huberror.NetworkError{Host: to.URL.Host, Unsent: isUnsent(err), Err: err}
	if stale {
		network.Err = &staleError{err}
	}
	return network
}

func (c *Client) noteVersion(v string) {
	if old := c.version.Load(); old == nil || *old != v {
		v = printable.Line(v, 50)
		c.version.Store(&v)
	}
}
