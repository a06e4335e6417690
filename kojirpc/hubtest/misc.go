package hubtest

import (
	"fmt"
	"time"
)

func getAPIVersion(*call, *arguments) (any, error) { return 1, nil }

func getKojiVersion(c *call, _ *arguments) (any, error) { return c.hub.opts.Version, nil }

func hello(*call, *arguments) (any, error) { return "Hello World", nil }

func echo(_ *call, a *arguments) (any, error) { return append([]any{}, a.rest...), nil }

func raiseError(*call, *arguments) (any, error) { return nil, genericError("test error") }

func raiseFault(*call, *arguments) (any, error) {
	return nil, pythonError("Exception", "test exception")
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
		AuthType: s.AuthType, Exclusive: orNil(s.Exclusive), Expired: s.Expired, Master: orNil(s.Master),
		RenewAt: text(s.Renewed), RenewTS: stamp(s.Renewed), StartAt: text(s.Started), StartTS: stamp(s.Started),
		UpdateAt: text(s.Updated), UpdateTS: stamp(s.Updated), UserID: s.UserID,
	}
	if s.Callnum >= 0 {
		row.Callnum = s.Callnum
	}
	return row
}

func getSessionInfo(c *call, a *arguments) (any, error) {
	if !c.loggedIn {
		return nil, nil
	}
	details := a.truth("details")
	if info := a.get("user_id"); truth(info) {
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
	u, err := c.db.user(info)
	switch {
	case err != nil:
		return nil, err
	case u == nil:
		return nil, genericError("No such user: %s", repr(info))
	case u.ID != c.user.ID && !c.hasPerm("admin"):
		return nil, notAllowed("only admins or owners may see all active sessions")
	}
	rows := []sessionRow{}
	for _, s := range c.hub.Sessions() {
		if s.UserID == u.ID && !s.Expired {
			rows = append(rows, c.detailed(s, details))
		}
	}
	return rows, nil
}

func showSession(c *call, _ *arguments) (any, error) {
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
		s.ID, s.ID, repr(orNil(s.Master)), quote(s.Key), s.UserID, s.AuthType, quote(c.user.Name),
		c.user.typeNumber(), repr(s.Exclusive), repr(callnum), s.repr()), nil
}

// repr is the row of a session as Python writes it.
func (s Session) repr() string {
	row := newSessionRow(s)
	return fmt.Sprintf("{'authtype': %d, 'callnum': %s, 'exclusive': %s, 'expired': %s, 'master': %s, "+
		"'renew_time': %s, 'renew_ts': %s, 'start_time': %s, 'start_ts': %s, 'update_time': %s, 'update_ts': %s, "+
		"'user_id': %d}",
		s.AuthType, repr(row.Callnum), repr(row.Exclusive), repr(s.Expired), repr(row.Master),
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
	return repr(*f)
}

func hostGetID(c *call, _ *arguments) (any, error) {
	if !c.loggedIn {
		return nil, authError("Not logged-in")
	}
	h := c.db.hosts.byName[c.user.Name]
	if h == nil {
		return nil, authError("No host specified")
	}
	return h.ID, nil
}

type eventRow struct {
	ID int64    `xmlrpc:"id"`
	TS *float64 `xmlrpc:"ts"`
}

func getEvent(c *call, a *arguments) (any, error) {
	id, err := taskID(a.get("id"))
	if err != nil {
		return nil, err
	}
	return must(c.db.events.byID[id], func(e *Event) any { return eventRow{e.ID, stamp(e.Time)} },
		a.truth("strict"), errNoRows())
}

func getLastEvent(c *call, a *arguments) (any, error) {
	limit := a.get("before")
	end := c.now.AddDate(1000, 0, 0)
	if limit != nil {
		var err error
		if end, err = moment(limit); err != nil {
			return nil, err
		}
	}
	var last *Event
	for _, e := range c.db.events.rows {
		if e.Time.Before(end) {
			last = e
		}
	}
	return must(last, func(e *Event) any { return eventRow{e.ID, stamp(e.Time)} }, a.truth("strict"), errNoRows())
}
