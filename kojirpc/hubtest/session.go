package hubtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Koji's numbers for the ways of logging in.
const (
	AuthSSL    = 2 // with a client certificate
	AuthGSSAPI = 3 // with Kerberos
)

// Session is the state of a session.
type Session struct {
	ID        int64
	Key       string // a secret
	UserID    int64
	AuthType  int64 // AuthSSL or AuthGSSAPI
	Callnum   int64 // of the last call that changed something; -1 if there was none
	Master    int64 // the session of which this is a subsession; 0 if none
	Expired   bool  // must be renewed before it can be used
	Closed    bool
	Exclusive bool
	Started   time.Time
	Updated   time.Time // the time of its last use
	Renewed   time.Time // zero: never
}

// sessions are all sessions, including closed ones.
type sessions struct {
	mu   sync.Mutex // guards the fields below and the sessions, but not their rows
	rng  *rand.Rand
	last int64
	byID map[int64]*session
}

// session is a session with a row lock, as in the hub's database. A call that may store
// its number locks the row until the call ends.
type session struct {
	Session
	row chan struct{} // has an element while the row is locked
}

func newSessions(rng *rand.Rand) *sessions {
	return &sessions{rng: rng, byID: map[int64]*session{}}
}

// lock locks the session's row, unless ctx ends before.
func (s *session) lock(ctx context.Context) error {
	select {
	case s.row <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for the session's row: %w", ctx.Err())
	}
}

func (s *session) unlock() { <-s.row }

// create creates a session.
func (ss *sessions) create(user, authType, master int64, now time.Time) Session {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	ss.last++
	s := &session{row: make(chan struct{}, 1), Session: Session{
		ID: ss.last, Key: ss.key(user), UserID: user, AuthType: authType,
		Callnum: -1, Master: master, Started: now, Updated: now,
	}}
	ss.byID[s.ID] = s
	return s.Session
}

// key returns a new key. ss.mu is held.
func (ss *sessions) key(user int64) string {
	const alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	var random [19]byte
	for i := range random {
		random[i] = alphabet[ss.rng.IntN(len(alphabet))]
	}
	return fmt.Sprintf("%d-%s", user, random[:])
}

// change changes a session, if it exists.
func (ss *sessions) change(id int64, f func(*Session)) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if s := ss.byID[id]; s != nil {
		f(&s.Session)
	}
}

// close closes a session and its subsessions.
func (ss *sessions) close(id int64) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for _, s := range ss.byID {
		if s.ID == id || s.Master == id {
			s.Expired, s.Closed, s.Exclusive = true, true, false
		}
	}
}

// exclusive returns the id of the user's exclusive session; 0 if there is none. ss.mu is
// held.
func (ss *sessions) exclusive(user int64) int64 {
	for _, s := range ss.byID {
		if s.UserID == user && s.Exclusive && !s.Closed {
			return s.ID
		}
	}
	return 0
}

// all returns all sessions in the order of their creation.
func (ss *sessions) all() []Session {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	out := make([]Session, 0, len(ss.byID))
	for _, s := range ss.byID {
		out = append(out, s.Session)
	}
	slices.SortFunc(out, func(a, b Session) int { return int(a.ID - b.ID) })
	return out
}

// Sessions returns all sessions, including closed ones, in the order of their creation.
func (h *Hub) Sessions() []Session { return h.sessions.all() }

// Login creates a session for a user, and the user if necessary.
func (h *Hub) Login(user string) (Session, error) {
	u, err := h.account(user, "")
	if err != nil {
		return Session{}, err
	}
	return h.sessions.create(u, AuthSSL, 0, h.now()), nil
}

// Expire expires a session: it must be renewed before it can be used.
func (h *Hub) Expire(id int64) {
	h.sessions.change(id, func(s *Session) { s.Expired = true })
}

// ExpireAll expires all sessions.
func (h *Hub) ExpireAll() {
	for _, s := range h.Sessions() {
		h.Expire(s.ID)
	}
}

// CloseSession closes a session, which cannot be renewed.
func (h *Hub) CloseSession(id int64) { h.sessions.close(id) }

// CloseSessions closes all sessions.
func (h *Hub) CloseSessions() {
	for _, s := range h.Sessions() {
		h.CloseSession(s.ID)
	}
}
