package kojirpc

import (
	"net/url"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/exchange"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/methods"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/sender"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/session"
)

// hub is the state that a client and its sessions share.
type hub struct {
	opts     Options
	server   *url.URL
	sender   *sender.Sender
	readOnly map[string]bool // Options.Batching.ReadOnly

	calls, batches, batched, logins, renewals atomic.Uint64 // see Stats
}

func newHub(o Options) (*hub, error) {
	o.setDefaults()
	if err := o.check(); err != nil {
		return nil, err
	}
	h := &hub{opts: o, readOnly: make(map[string]bool, len(o.Batching.ReadOnly))}
	for _, method := range o.Batching.ReadOnly {
		h.readOnly[method] = true
	}
	var err error
	if h.server, err = parseServer(o.Server); err != nil {
		return nil, err
	}
	if isPlain(o.Server) {
		o.TLS.ServerCA = "" // not needed without TLS; the file need not exist
	}
	h.sender, err = sender.New(sender.Options{
		Server: h.server, Timeout: o.Timeout, MaxInFlight: o.MaxInFlight,
		Retry: sender.Retry(o.Retry), Breaker: sender.Breaker(o.Breaker), Observe: o.Observe,
		HTTP: exchange.Options{
			TLS: exchange.TLS(o.TLS), Proxy: o.Proxy, UserAgent: o.UserAgent,
			MaxIdleConns: o.MaxInFlight, Limits: o.Limits,
		},
		Retrying: func(method string, wait time.Duration, err error) {
			o.Notify(Notice{Kind: NoticeRetry, Method: method, Wait: wait, Err: err})
		},
		Down: func(wait time.Duration, err error) { o.Notify(Notice{Kind: NoticeDown, Wait: wait, Err: err}) },
		Up:   func() { o.Notify(Notice{Kind: NoticeUp}) },
	})
	return h, err
}

// newSession returns a session that is not logged in yet. It calls closed when it is
// closed.
func (h *hub) newSession(cred Credentials, closed func(*session.Session)) *session.Session {
	return session.New(h.sender, session.Options{
		Server: h.server, Timeout: h.opts.Timeout, LoginTimeout: h.opts.AuthTimeout,
		Breaker: sender.Breaker(h.opts.Breaker),
		Cert:    cred.Cert, Key: cred.Key, Negotiator: cred.Negotiator, ProxyUser: cred.ProxyUser,
		LoggedIn: func() {
			h.logins.Add(1)
			h.opts.Notify(Notice{Kind: NoticeLogin})
		},
		Renewed: func() {
			h.renewals.Add(1)
			h.opts.Notify(Notice{Kind: NoticeRenewed})
		},
		LoginFailed: func(wait time.Duration, err error) {
			h.opts.Notify(Notice{Kind: NoticeLoginFailed, Wait: wait, Err: err})
		},
		OldTLS: func(err error) { h.opts.Notify(Notice{Kind: NoticeOldTLS, Err: err}) },
		Closed: closed,
	})
}

// isReadOnly reports whether a method changes nothing.
func (h *hub) isReadOnly(method string) bool {
	return methods.KindOf(method) != methods.Changes || h.readOnly[method]
}

// isBatchable reports whether a call may be gathered into a multiCall: whether it
// only reads and has a short answer.
func (h *hub) isBatchable(method string, args []any) bool {
	switch methods.KindOf(method) {
	case methods.Reads:
		return true
	case methods.Sweeps:
		return methods.IsShort(args)
	}
	return h.readOnly[method]
}

// api returns the API of a client or a session.
func (h *hub) api(c Caller) API { return API{caller: c, webURL: h.opts.WebURL, topURL: h.opts.TopURL} }
