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

// sessionRow returns a session as in getSessionInfo. timeOf formats times.
func sessionRow(s Session, timeOf func(time.Time) any) map[string]any {
	var callnum any
	if s.Callnum >= 0 {
		callnum = s.Callnum
	}
	return map[string]any{
		"authtype": s.AuthType, "callnum": callnum, "exclusive": python.OrNil(s.Exclusive), "expired": s.Expired,
		"master": python.OrNil(s.Master), "user_id": s.UserID,
		"renew_time": timeOf(s.Renewed), "renew_ts": answers.Stamp(s.Renewed),
		"start_time": timeOf(s.Started), "start_ts": answers.Stamp(s.Started),
		"update_time": timeOf(s.Updated), "update_ts": answers.Stamp(s.Updated),
	}
}

func getSessionInfo(c *call, a *python.Arguments) (any, error) {
	if !c.loggedIn {
		return nil, nil
	}
	details := a.Truth("details")
	if info := a.Get("user_id"); python.Truth(info) {
		return c.sessionsOf(info, details)
	}
	return detailed(c.session, details), nil
}

func detailed(s Session, details bool) map[string]any {
	row := sessionRow(s, answers.Text)
	if details {
		row["hostip"], row["id"] = "127.0.0.1", s.ID
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
	rows := []map[string]any{}
	for _, s := range c.hub.Sessions() {
		if s.UserID == u.ID && !s.Expired {
			rows = append(rows, detailed(s, details))
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
	return fmt.Sprintf("session %d: {'logged_in': True, 'id': %d, 'master': %s, 'key': %s, 'user_id': %d, "+
		"'authtype': %d, 'hostip': '127.0.0.1', 'user_data': {'name': %s, 'status': 0, 'usertype': %d}, "+
		"'message': '', 'exclusive': %s, 'lockerror': None, 'callnum': %s, '_perms': None, '_groups': None, "+
		"'_host_id': '', 'session_data': %s}",
		s.ID, s.ID, python.Repr(python.OrNil(s.Master)), python.Quote(s.Key), s.UserID, s.AuthType, python.Quote(c.user.Name),
		c.user.TypeNumber(), python.Repr(s.Exclusive), python.Repr(python.Deref(c.callnum)),
		python.Repr(sessionRow(s, func(t time.Time) any { return t }))), nil
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
