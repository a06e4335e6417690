package hubtest

import (
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/answers"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

// loginResult is the answer to a login.
type loginResult struct {
	ID         int64  `xmlrpc:"session-id"`
	Key        string `xmlrpc:"session-key"`
	HeaderAuth bool   `xmlrpc:"header-auth,omitempty"`
}

// sslLogin logs in with a certificate or with Kerberos.
func sslLogin(c *call, a *python.Arguments) (any, error) {
	if c.loggedIn {
		return nil, python.AuthError("Already logged in")
	}
	opts, err := loginSignature().Bind(a.Rest, a.Named)
	if err != nil {
		return nil, python.BuiltinError("TypeError", "%s", err)
	}
	name, dn, authType, err := c.identify()
	if err != nil {
		return nil, err
	}
	if proxy := opts.Get("proxyuser"); python.Truth(proxy) {
		if !slices.Contains(c.hub.opts.ProxyUsers, dn) {
			return nil, python.AuthError("%s is not authorized to login other users", dn)
		}
		name = python.Str(proxy)
	}
	principal := ""
	if authType == AuthGSSAPI && strings.Contains(name, "@") {
		principal = name
		name, _, _ = strings.Cut(name, "@")
	}
	id, err := c.hub.account(name, principal)
	if err != nil {
		return nil, err
	}
	return c.enter(id, authType, opts)
}

func loginSignature() *python.Signature {
	return &python.Signature{Name: "sslLogin", Function: "Session.sslLogin", Params: []python.Param{
		{Name: "proxyuser", Optional: true},
		{Name: "proxyauthtype", Optional: true},
		{Name: "renew", Optional: true, Value: false},
		{Name: "exclusive", Optional: true},
	}}
}

// identify returns who logs in: the user's name or principal, the name to look up in
// Options.ProxyUsers, and how the user was authenticated.
func (c *call) identify() (name, dn string, authType int64, err error) {
	who := c.who
	switch {
	case who.Principal != "":
		return who.Principal, who.Principal, AuthGSSAPI, nil
	case !who.Verified:
		return "", "", 0, python.AuthError("could not verify client: NONE")
	case who.CN == "":
		return "", "", 0, python.AuthError("unable to get user information (CN) from client certificate")
	}
	return who.CN, who.DN, AuthSSL, nil
}

// enter creates a session for a user, or renews the current one.
func (c *call) enter(user, authType int64, opts *python.Arguments) (any, error) {
	c.db = c.hub.current.Load()
	if u := c.db.Users.ByID[user]; u.Blocked {
		return nil, python.AuthError("logins by %s are not allowed", u.Name)
	}
	ss := c.hub.sessions
	s := c.session
	if opts.Truth("renew") && s.ID != 0 {
		c.hub.count(func(s *Stats) { s.Renewals++ })
		ss.change(s.ID, func(row *Session) {
			// Like a hub, keep the number of the last call: numbers that start at 0
			// again can be too low.
			row.Key, row.Expired, row.Updated, row.Renewed = ss.key(user), false, c.now, c.now
			s = *row
		})
	} else {
		c.hub.count(func(s *Stats) { s.Logins++ })
		s = ss.create(user, authType, 0, c.now)
	}
	if opts.Truth("exclusive") && !s.Exclusive {
		if err := c.makeExclusive(s, false); err != nil {
			return nil, err
		}
	}
	return loginResult{ID: s.ID, Key: s.Key, HeaderAuth: !c.hub.opts.URLSessionsOnly}, nil
}

// account returns the id of a user who logs in. It creates an unknown user, unless
// Options.KnownUsersOnly is set.
func (h *Hub) account(name, principal string) (int64, error) {
	db := h.current.Load()
	if principal != "" {
		if u := db.Principal(principal); u != nil {
			return u.ID, nil
		}
	}
	u := db.Users.ByName[name]
	if u != nil && principal == "" {
		return u.ID, nil
	}
	if u == nil && h.opts.KnownUsersOnly {
		return 0, python.AuthError("Unknown user: %s", name)
	}
	return h.makeAccount(name, principal)
}

// makeAccount adds a user, or a principal to the user of that name.
func (h *Hub) makeAccount(name, principal string) (int64, error) {
	err := h.update(func(d *dataset.Data, _ *answers.Snapshot) {
		i := slices.IndexFunc(d.Users, func(u dataset.User) bool { return u.Name == name })
		if i < 0 {
			d.Users = append(d.Users, dataset.User{Name: name})
			i = len(d.Users) - 1
		}
		u := &d.Users[i]
		if principal != "" && !slices.Contains(u.Principals, principal) {
			u.Principals = append(slices.Clone(u.Principals), principal)
		}
	})
	if err != nil {
		return 0, err
	}
	return h.current.Load().Users.ByName[name].ID, nil
}

// passwordLogin is a login by name and password. It always fails, because no user has a
// password.
func passwordLogin(c *call, _ *python.Arguments) (any, error) {
	if c.loggedIn {
		return nil, python.AuthError("Already logged in")
	}
	return nil, python.AuthError("invalid username or password")
}

func logout(c *call, a *python.Arguments) (any, error) {
	id := c.session.ID
	if other, ok := a.Get("session_id").(int64); ok && other != 0 {
		if !c.hasPerm("admin") && !c.owns(other) {
			return nil, python.NotAllowed("only admins or owner may logout other session")
		}
		id = other
	}
	c.hub.sessions.close(id)
	c.hub.count(func(s *Stats) { s.Logouts++ })
	return nil, nil
}

func (c *call) owns(session int64) bool {
	owner := int64(-1)
	c.hub.sessions.change(session, func(s *Session) { owner = s.UserID })
	return owner == c.user.ID
}

func logoutChild(c *call, a *python.Arguments) (any, error) {
	id, _ := a.Get("session_id").(int64)
	c.hub.sessions.change(id, func(s *Session) {
		if s.Master == c.session.ID {
			s.Expired, s.Closed, s.Exclusive = true, true, false
		}
	})
	return nil, nil
}

func subsession(c *call, _ *python.Arguments) (any, error) {
	master := c.session.Master
	if master == 0 {
		master = c.session.ID
	}
	s := c.hub.sessions.create(c.user.ID, c.session.AuthType, master, c.now)
	return loginResult{ID: s.ID, Key: s.Key, HeaderAuth: !c.hub.opts.URLSessionsOnly}, nil
}

func exclusiveSession(c *call, a *python.Arguments) (any, error) {
	force := python.Truth(a.Named["force"]) || len(a.Rest) > 0 && python.Truth(a.Rest[0])
	return nil, c.makeExclusive(c.session, force)
}

// makeExclusive locks out all other sessions of the user.
func (c *call) makeExclusive(s Session, force bool) error {
	switch {
	case s.Master != 0:
		return python.GenericError("subsessions cannot become exclusive")
	case s.Exclusive:
		return python.GenericError("session is already exclusive")
	}
	ss := c.hub.sessions
	ss.mu.Lock()
	defer ss.mu.Unlock()
	if other := ss.exclusive(s.UserID); other != 0 {
		if !force {
			return python.Raise(python.CodeAuthLock, "koji.AuthLockError", "Cannot get exclusive session")
		}
		o := ss.byID[other]
		o.Expired, o.Closed, o.Exclusive = true, true, false
	}
	ss.byID[s.ID].Exclusive = true
	return nil
}

func sharedSession(c *call, _ *python.Arguments) (any, error) {
	c.hub.sessions.change(c.session.ID, func(s *Session) { s.Exclusive = false })
	return nil, nil
}
