package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/kojiwatch/kojiwatch/kojirpc/internal/multicall"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/session"
)

// Client calls one hub: anonymously or, if opened with [LoggedIn], as a user. Its
// calls are the methods of [API]. It is safe for concurrent use.
type Client struct {
	API

	hub       *hub
	anonymous *hubCaller

	mu       sync.Mutex
	sessions map[*session.Session]*multicall.Batcher
}

// New returns a client that calls the hub anonymously. It reads TLS.ServerCA and
// does no other I/O.
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

// forget removes a session that has been closed.
func (c *Client) forget(s *session.Session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, s)
}

// Close closes the client. New calls fail with ErrClosed, as do calls that wait to
// be sent or retried. Calls under way may finish until ctx ends; then they are
// canceled. Finally, Close logs the sessions out. Closing again does nothing.
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

// Stats returns the counts of the client and its sessions.
func (c *Client) Stats() Stats { return c.hub.snapshot() }

// HubVersion returns the hub's version as in its last answer, such as "1.35.3". It
// is empty before the first answer and for hubs before 1.35, whose answers do not
// contain it; see [API.GetKojiVersion].
func (c *Client) HubVersion() string { return c.hub.sender.HTTP.Version() }
