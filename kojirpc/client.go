package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/multicall"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/session"
)

// Client calls one hub: anonymously or, if [Open] was told so, logged in. Its
// calls are those of [API]. It is safe for concurrent use.
type Client struct {
	API

	hub       *hub
	anonymous *hubCaller

	mu       sync.Mutex
	sessions map[*session.Session]*multicall.Batcher
}

// New returns a client of the hub that calls anonymously. It reads TLS.ServerCA
// and does no other I/O.
func New(o Options) (*Client, error) {
	h, err := newHub(o)
	if err != nil {
		return nil, fmt.Errorf("hub client: %w", err)
	}
	c := &Client{hub: h, anonymous: newHubCaller(h, h.sender), sessions: make(map[*session.Session]*multicall.Batcher)}
	c.API = h.api(c.anonymous)
	return c, nil
}

// Session returns a session of this client, not yet logged in. It does no I/O.
func (c *Client) Session(cred Credentials) (*Session, error) {
	if (cred.Cert == "") == (cred.Negotiator == nil) {
		return nil, errors.New("hub session: want either a certificate or a negotiator")
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessions == nil {
		return nil, fmt.Errorf("hub session: %w", ErrClosed)
	}
	s := c.hub.newSession(cred, c.forget)
	caller := newHubCaller(c.hub, s)
	c.sessions[s] = caller.batcher
	return &Session{API: c.hub.api(caller), session: s}, nil
}

// forget is called for a session that has been closed.
func (c *Client) forget(s *session.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, s)
}

// Close ends the client: new calls fail with ErrClosed, as do those that wait to
// be sent or to be repeated. Calls under way may end until ctx does; then they are
// canceled. Last, sessions are logged out. Closing again does nothing.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	sessions := c.sessions
	c.sessions = nil
	c.mu.Unlock()
	if sessions == nil {
		return nil
	}
	c.hub.sender.Calls.Close()
	c.anonymous.batcher.Close()
	for _, b := range sessions {
		b.Close()
	}
	errs := []error{c.hub.sender.Calls.Wait(ctx)}
	for s := range sessions {
		errs = append(errs, s.Close(ctx))
	}
	c.hub.sender.Close()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close hub client: %w", err)
	}
	return nil
}

// Stats returns what the client and its sessions have done so far.
func (c *Client) Stats() Stats { return c.hub.snapshot() }

// HubVersion returns the version that the hub's answers named last, "1.35.3". It
// is empty before the first answer, and for hubs before 1.35, which do not name
// it; see [API.GetKojiVersion].
func (c *Client) HubVersion() string { return c.hub.sender.HTTP.Version() }
