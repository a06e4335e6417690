package kojirpc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

// exchange sends a request over HTTP and reads the answer.
func (h *hub) exchange(ctx context.Context, spec requestSpec, r *request) error {
	err := h.post(ctx, spec, r)
	for _, secret := range spec.secrets {
		censor(err, secret)
	}
	return err
}

// censor takes a secret out of what others say in an error: an odd server may
// send back what it was sent.
func censor(err error, secret string) {
	hide := func(text *string) { *text = strings.ReplaceAll(*text, secret, "…") }
	if f, ok := errors.AsType[*Fault](err); ok {
		hide(&f.Text)
	}
	if e, ok := errors.AsType[*xmlrpc.SyntaxError](err); ok {
		hide(&e.Begin)
		hide(&e.Msg)
	}
}

// post is exchange without the care for secrets.
func (h *hub) post(ctx context.Context, spec requestSpec, r *request) error {
	h.stats.requests.Add(1)
	limited, cancel := context.WithTimeoutCause(ctx, spec.timeout, timeoutError(spec.timeout))
	defer cancel()
	limited, abandon := context.WithCancelCause(limited)
	defer abandon(nil)
	defer context.AfterFunc(h.base, func() { abandon(ErrClosed) })() //nolint:contextcheck // it ends with the client, too

	var stale bool
	traced := httptrace.WithClientTrace(limited, &httptrace.ClientTrace{
		GotConn: func(c httptrace.GotConnInfo) { stale = c.WasIdle },
	})
	req, err := h.httpRequest(traced, spec, r.body)
	if err != nil {
		return err
	}
	defer spec.transport.leave(limited)
	resp, err := spec.transport.roundTrip(req)
	if err != nil {
		return h.networkError(ctx, limited, err, stale)
	}
	defer resp.Body.Close()
	if spec.inspect != nil {
		spec.inspect(resp)
	}
	buf := h.buffers.Get().(*bytes.Buffer)
	defer h.release(buf)
	if err := h.read(resp, buf); err != nil {
		if _, ok := errors.AsType[*xmlrpc.LimitError](err); ok {
			return err
		}
		return h.networkError(ctx, limited, err, false)
	}
	if resp.StatusCode != http.StatusOK {
		page := buf.String()
		for _, secret := range spec.secrets { // before it is shortened, which could leave half of one
			page = strings.ReplaceAll(page, secret, "…")
		}
		return httpError(resp, page)
	}
	if v := resp.Header.Get("Koji-Version"); v != "" {
		h.noteVersion(v)
	}
	return r.decode(buf.Bytes())
}

// httpRequest makes the HTTP request. Only the transport sees its URL, which may
// have a session's key in it.
func (h *hub) httpRequest(ctx context.Context, spec requestSpec, body []byte) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "/", bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.URL, req.Host = spec.url, spec.url.Host
	maps.Copy(req.Header, spec.header)
	req.Header.Set("Content-Type", "text/xml")
	req.Header.Set("User-Agent", h.opts.UserAgent)
	return req, nil
}

// read reads an answer whole, if it is not too long.
func (h *hub) read(resp *http.Response, buf *bytes.Buffer) error {
	limit := int64(h.opts.Limits.Bytes)
	if resp.StatusCode != http.StatusOK {
		limit = maxPage
	}
	if n := resp.ContentLength; n > 0 && !resp.Uncompressed {
		buf.Grow(int(min(n, limit)) + bytes.MinRead)
	}
	n, err := buf.ReadFrom(io.LimitReader(resp.Body, limit+1))
	switch {
	case err != nil:
		return fmt.Errorf("the answer broke off after %d bytes: %w", n, err)
	case n > limit && resp.StatusCode == http.StatusOK:
		return &xmlrpc.LimitError{What: "bytes", Limit: int(limit), Offset: int(limit)}
	}
	return nil
}

// maxPage is how much of a page that is not the hub's answer is read, and
// maxBuffer how large a buffer is kept for the next answer.
const (
	maxPage   = 64 << 10
	maxBuffer = 8 << 20
)

func (h *hub) release(buf *bytes.Buffer) {
	if buf.Cap() <= maxBuffer {
		buf.Reset()
		h.buffers.Put(buf)
	}
}

// networkError says why there was no answer. The end of the caller's own context
// comes first.
func (h *hub) networkError(caller, limited context.Context, err error, stale bool) error {
	if caller.Err() != nil {
		return context.Cause(caller)
	}
	if cause := context.Cause(limited); cause != nil {
		if errors.Is(cause, ErrClosed) {
			return ErrClosed
		}
		err, stale = cause, false
	}
	return &NetworkError{Host: h.server.Host, Unsent: isUnsent(err), Err: err, stale: stale}
}

func (h *hub) noteVersion(v string) {
	if old := h.version.Load(); old == nil || *old != v {
		v = printable.Line(v, 50)
		h.version.Store(&v)
	}
}

// httpError makes the error of an answer that is not the hub's.
func httpError(resp *http.Response, page string) error {
	e := &HTTPError{Status: resp.StatusCode, Text: pageText(page)}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		e.RetryAfter = time.Duration(min(seconds, 24*60*60)) * time.Second
	}
	if resp.StatusCode/100 == 3 {
		e.Text = "it redirects"
		if to, err := url.Parse(resp.Header.Get("Location")); err == nil && to.Path != "" {
			to.User, to.RawQuery, to.Fragment = nil, "", ""
			e.Text += " to " + printable.Line(to.String(), maxErrorText)
		}
		e.Text += "; the server's URL must be the one at the end"
	}
	return e
}

// pageText takes the text out of a page: of its body, if it has one.
func pageText(page string) string {
	var b strings.Builder
	for page != "" {
		text, rest, isTag := strings.Cut(page, "<")
		b.WriteString(text)
		b.WriteByte(' ')
		if !isTag {
			break
		}
		var tag string
		tag, page, _ = strings.Cut(rest, ">")
		if len(tag) >= 4 && strings.EqualFold(tag[:4], "body") {
			b.Reset()
		}
	}
	return printable.Line(html.UnescapeString(b.String()), maxErrorText)
}
