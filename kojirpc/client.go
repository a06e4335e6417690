package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Client calls one hub, anonymously. Its calls are those of [API]. It is safe
// for concurrent use.
type Client struct {
	API

	mu       sync.Mutex
	sessions map[*sessionLine]*pool
}

// New returns a client of the hub. It reads TLS.ServerCA and does no other I/O.
func New(o Options) (*Client, error) {
	h, err := newHub(o)
	if err != nil {
		return nil, fmt.Errorf("hub client: %w", err)
	}
	return &Client{
		API:      API{line: h, pool: &pool{hub: h, line: h}, hub: h},
		sessions: make(map[*sessionLine]*pool),
	}, nil
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
	line := newSessionLine(c.hub, cred, c.forget)
	p := &pool{hub: c.hub, line: line}
	c.sessions[line] = p
	return &Session{API: API{line: line, pool: p, hub: c.hub}, line: line}, nil
}

// forget is told of a session that has been closed.
func (c *Client) forget(line *sessionLine) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.sessions, line)
}

// Close ends the client: new calls fail with ErrClosed, as do those that wait to
// travel or to be repeated. Calls under way may end until ctx does; then they are
// broken off. Last, sessions are logged out. Closing again does nothing.
func (c *Client) Close(ctx context.Context) error {
	c.mu.Lock()
	sessions := c.sessions
	c.sessions = nil
	c.mu.Unlock()
	if sessions == nil {
		return nil
	}
	c.hub.work.close()
	c.pool.close()
	for _, p := range sessions {
		p.close()
	}
	errs := []error{c.hub.work.wait(ctx)}
	for line := range sessions {
		errs = append(errs, line.close(ctx))
	}
	c.hub.close()
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close hub client: %w", err)
	}
	return nil
}

// Stats returns what the client and its sessions have done so far.
func (c *Client) Stats() Stats { return c.hub.snapshot() }

// HubVersion returns the hub's version as its answers said last, "1.35.3". It is
// empty before the first answer, and for hubs before 1.35, which do not say it;
// see [API.GetKojiVersion].
func (c *Client) HubVersion() string {
	if v := c.hub.version.Load(); v != nil {
		return *v
	}
	return ""
}
