package hubtest

import (
	"fmt"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/answers"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

func getAPIVersion(*call, *python.Arguments) (any, error) { return 1, nil }

func getKojiVersion(c *call, _ *python.Arguments) (any, error) { return c.hub.opts.Version, nil }

func hello(*call, *python.Arguments) (any, error) { return "Hello World", nil }

func echo(_ *call, a *python.Arguments) (any, error) { return append([]any{}, a.Rest...), nil }

func raiseError(*call, *python.Arguments) (any, error) { return nil, python.GenericError("test error") }

func raiseFault(*call, *python.Arguments) (any, error) {
	return nil, python.BuiltinError("Exception", "test exception")
}

// sessionRow is a session as getSessionInfo gives it.
type sessionRow struct {
	AuthType  int64    `xmlrpc:"authtype"`
	Callnum   any      `xmlrpc:"callnum"`
	Exclusive any      `xmlrpc:"exclusive"`
	Expired   bool     `xmlrpc:"expired"`
	Master    any      `xmlrpc:"master"`
	RenewAt   *string  `xmlrpc:"renew_time"`
	RenewTS   *float64 `xmlrpc:"renew_ts"`
	StartAt   *string  `xmlrpc:"start_time"`
	StartTS   *float64 `xmlrpc:"start_ts"`
	UpdateAt  *string  `xmlrpc:"update_time"`
	UpdateTS  *float64 `xmlrpc:"update_ts"`
	UserID    int64    `xmlrpc:"user_id"`
	HostIP    any      `xmlrpc:"hostip,omitempty"`
	ID        any      `xmlrpc:"id,omitempty"`
}

func newSessionRow(s Session) sessionRow {
	row := sessionRow{
		AuthType: s.AuthType, Exclusive: python.OrNil(s.Exclusive), Expired: s.Expired, Master: python.OrNil(s.Master),
		RenewAt: answers.Text(s.Renewed), RenewTS: answers.Stamp(s.Renewed), StartAt: answers.Text(s.Started), StartTS: answers.Stamp(s.Started),
		UpdateAt: answers.Text(s.Updated), UpdateTS: answers.Stamp(s.Updated), UserID: s.UserID,
	}
	if s.Callnum >= 0 {
		row.Callnum = s.Callnum
	}
	return row
}

func getSessionInfo(c *call, a *python.Arguments) (any, error) {
	if !c.loggedIn {
		return nil, nil
	}
	details := a.Truth("details")
	if info := a.Get("user_id"); python.Truth(info) {
		return c.sessionsOf(info, details)
	}
	return c.detailed(c.session, details), nil
}

func (c *call) detailed(s Session, details bool) sessionRow {
	row := newSessionRow(s)
	if details {
		row.HostIP, row.ID = "127.0.0.1", s.ID
	}
	return row
}

func (c *call) sessionsOf(info any, details bool) (any, error) {
	u, err := c.db.User(info)
	switch {
	case err != nil:
		return nil, err
	case u == nil:
		return nil, python.GenericError("No such user: %s", python.Repr(info))
	case u.ID != c.user.ID && !c.hasPerm("admin"):
		return nil, python.NotAllowed("only admins or owners may see all active sessions")
	}
	rows := []sessionRow{}
	for _, s := range c.hub.Sessions() {
		if s.UserID == u.ID && !s.Expired {
			rows = append(rows, c.detailed(s, details))
		}
	}
	return rows, nil
}

func showSession(c *call, _ *python.Arguments) (any, error) {
	if !c.loggedIn {
		if c.message != "" {
			return "session: not logged in (" + c.message + ")", nil
		}
		return "session: not logged in", nil
	}
	s := c.session
	callnum := any(nil)
	if c.callnum != nil {
		callnum = *c.callnum
	}
	return fmt.Sprintf("session %d: {'logged_in': True, 'id': %d, 'master': %s, 'key': %s, 'user_id': %d, "+
		"'authtype': %d, 'hostip': '127.0.0.1', 'user_data': {'name': %s, 'status': 0, 'usertype': %d}, "+
		"'message': '', 'exclusive': %s, 'lockerror': None, 'callnum': %s, '_perms': None, '_groups': None, "+
		"'_host_id': '', 'session_data': %s}",
		s.ID, s.ID, python.Repr(python.OrNil(s.Master)), python.Quote(s.Key), s.UserID, s.AuthType, python.Quote(c.user.Name),
		c.user.TypeNumber(), python.Repr(s.Exclusive), python.Repr(callnum), s.repr()), nil
}

// repr returns the row of a session as Python writes it.
func (s Session) repr() string {
	row := newSessionRow(s)
	return fmt.Sprintf("{'authtype': %d, 'callnum': %s, 'exclusive': %s, 'expired': %s, 'master': %s, "+
		"'renew_time': %s, 'renew_ts': %s, 'start_time': %s, 'start_ts': %s, 'update_time': %s, 'update_ts': %s, "+
		"'user_id': %d}",
		s.AuthType, python.Repr(row.Callnum), python.Repr(row.Exclusive), python.Repr(s.Expired), python.Repr(row.Master),
		timeRepr(s.Renewed), stampRepr(row.RenewTS), timeRepr(s.Started), stampRepr(row.StartTS),
		timeRepr(s.Updated), stampRepr(row.UpdateTS), s.UserID)
}

func timeRepr(t time.Time) string {
	if t.IsZero() {
		return "None"
	}
	t = t.UTC()
	return fmt.Sprintf("datetime.datetime(%d, %d, %d, %d, %d, %d, %d, tzinfo=datetime.timezone.utc)",
		t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond()/1000)
}

func stampRepr(f *float64) string {
	if f == nil {
		return "None"
	}
	return python.Repr(*f)
}

func hostGetID(c *call, _ *python.Arguments) (any, error) {
	if !c.loggedIn {
		return nil, python.AuthError("Not logged-in")
	}
	h := c.db.Hosts.ByName[c.user.Name]
	if h == nil {
		return nil, python.AuthError("No host specified")
	}
	return h.ID, nil
}
