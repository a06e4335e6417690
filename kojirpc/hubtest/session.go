package hubtest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// How users log in, in Koji's numbers.
const (
	AuthSSL    = 2 // with a client certificate
	AuthGSSAPI = 3 // with Kerberos
)

// Session is a session as Sessions tells of it.
type Session struct {
	ID        int64
	Key       string // a secret
	UserID    int64
	AuthType  int64 // AuthSSL or AuthGSSAPI
	Callnum   int64 // of the last call that changed something, -1 if there was none
	Master    int64 // of which it is a subsession, 0 if it is none
	Expired   bool  // to be renewed
	Closed    bool
	Exclusive bool
	Started   time.Time
	Updated   time.Time // when it was last used
	Renewed   time.Time // zero: never
}

// sessions holds all sessions, closed ones too.
type sessions struct {
	mu   sync.Mutex // guards all below, and the sessions, but not their rows
	rng  *rand.Rand
	last int64
	byID map[int64]*session
}

// session is a session. Its row is locked by a call that may store its number,
// until that call ends.
type session struct {
	Session
	row chan struct{} // holds one token while the row is locked
}

func newSessions(rng *rand.Rand) *sessions {
	return &sessions{rng: rng, byID: map[int64]*session{}}
}

// lock takes the session's row, or gives up with ctx.
func (s *session) lock(ctx context.Context) error {
	select {
	case s.row <- struct{}{}:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for the session's row: %w", ctx.Err())
	}
}

func (s *session) unlock() { <-s.row }

// create makes a session.
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

// change alters a session, if there is one of that id.
func (ss *sessions) change(id int64, f func(*Session)) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if s := ss.byID[id]; s != nil {
		f(&s.Session)
	}
}

// close ends a session and its subsessions.
func (ss *sessions) close(id int64) {
	ss.mu.Lock()
	defer ss.mu.Unlock()
	for _, s := range ss.byID {
		if s.ID == id || s.Master == id {
			s.Expired, s.Closed, s.Exclusive = true, true, false
		}
	}
}

// exclusive returns the id of the user's exclusive session, 0 if there is none.
// ss.mu is held.
func (ss *sessions) exclusive(user int64) int64 {
	for _, s := range ss.byID {
		if s.UserID == user && s.Exclusive && !s.Closed {
			return s.ID
		}
	}
	return 0
}

// all returns every session, in the order in which they were made.
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

// Sessions returns every session there was, in the order in which they were made.
func (h *Hub) Sessions() []Session { return h.sessions.all() }

// Login makes a session for a user, who is added if the hub does not know the
// name.
func (h *Hub) Login(user string) (Session, error) {
	u, err := h.account(user, "")
	if err != nil {
		return Session{}, err
	}
	return h.sessions.create(u, AuthSSL, 0, h.now()), nil
}

// Expire has a session expire: it can only be renewed then.
func (h *Hub) Expire(id int64) {
	h.sessions.change(id, func(s *Session) { s.Expired = true })
}

// ExpireAll has every session expire.
func (h *Hub) ExpireAll() {
	for _, s := range h.Sessions() {
		h.Expire(s.ID)
	}
}

// CloseSession ends a session: nothing brings it back.
func (h *Hub) CloseSession(id int64) { h.sessions.close(id) }

// CloseSessions ends every session.
func (h *Hub) CloseSessions() {
	for _, s := range h.Sessions() {
		h.CloseSession(s.ID)
	}
}
