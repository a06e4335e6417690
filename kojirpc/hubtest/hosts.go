package hubtest

import (
	"slices"
)

type hostRow struct {
	ID          int64    `xmlrpc:"id"`
	UserID      int64    `xmlrpc:"user_id"`
	Name        string   `xmlrpc:"name"`
	UpdateTS    *float64 `xmlrpc:"update_ts"`
	Ready       bool     `xmlrpc:"ready"`
	Load        float64  `xmlrpc:"task_load"`
	Arches      string   `xmlrpc:"arches"`
	Capacity    float64  `xmlrpc:"capacity"`
	Description any      `xmlrpc:"description"`
	Comment     any      `xmlrpc:"comment"`
	Enabled     bool     `xmlrpc:"enabled"`
}

type channelRow struct {
	ID          int64  `xmlrpc:"id"`
	Name        string `xmlrpc:"name"`
	Description any    `xmlrpc:"description"`
	Enabled     bool   `xmlrpc:"enabled"`
	Comment     any    `xmlrpc:"comment"`
}

type nameRow struct {
	ID   int64  `xmlrpc:"id"`
	Name string `xmlrpc:"name"`
}

func (s *snapshot) hostRow(h *Host) hostRow {
	return hostRow{
		ID: h.ID, UserID: s.users.byName[h.Name].ID, Name: h.Name, UpdateTS: stamp(h.Updated),
		Ready: h.Ready, Load: h.Load, Arches: h.Arches, Capacity: h.Capacity,
		Description: orNil(h.Description), Comment: orNil(h.Comment), Enabled: !h.Disabled,
	}
}

func newChannelRow(c *Channel) channelRow {
	return channelRow{c.ID, c.Name, orNil(c.Description), !c.Disabled, orNil(c.Comment)}
}

func getHost(c *call, a *arguments) (any, error) {
	info := a.get("hostInfo")
	h, err := c.db.hosts.find(info)
	if err != nil {
		return nil, err
	}
	return must(h, func(h *Host) any { return c.db.hostRow(h) }, a.truth("strict"),
		genericError("Invalid hostInfo: %s", str(info)))
}

func listHosts(c *call, a *arguments) (any, error) {
	keep, err := c.hostFilter(a)
	if err != nil {
		return nil, err
	}
	rows := []hostRow{}
	for _, h := range c.db.hosts.rows {
		if keep.passes(h) {
			rows = append(rows, c.db.hostRow(h))
		}
	}
	return rows, nil // a hub takes queryOpts here and ignores them
}

func (c *call) hostFilter(a *arguments) (f filter[*Host], err error) {
	if err := byArches(a.get("arches"), &f); err != nil {
		return nil, err
	}
	if info := a.get("channelID"); info != nil {
		ch, err := c.db.channels.find(info)
		if err != nil {
			return nil, err
		}
		if ch == nil {
			return nil, genericError("No such entry in table channels: %s", str(info))
		}
		f.add(func(h *Host) bool { return slices.Contains(h.Channels, ch.Name) })
	}
	if v := a.get("ready"); v != nil {
		f.add(func(h *Host) bool { return h.Ready == truth(v) })
	}
	if v := a.get("enabled"); v != nil {
		f.add(func(h *Host) bool { return h.Disabled != truth(v) })
	}
	if info := a.get("userID"); info != nil {
		u, err := c.db.user(info)
		if err != nil {
			return nil, err
		}
		if u == nil {
			return nil, genericError("No such user: %s", repr(info))
		}
		f.add(func(h *Host) bool { return h.Name == u.Name })
	}
	return f, nil
}

func byArches(v any, f *filter[*Host]) error {
	if v == nil {
		return nil
	}
	if !truth(v) {
		return genericError("arches option cannot be empty")
	}
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	var arches []string
	for _, item := range items {
		arches = append(arches, str(item))
	}
	f.add(func(h *Host) bool { return hasArch(h.Arches, arches) })
	return nil
}

func getChannel(c *call, a *arguments) (any, error) {
	ch, err := c.db.channels.find(a.get("channelInfo"))
	if err != nil {
		return nil, err
	}
	return must(ch, func(ch *Channel) any { return newChannelRow(ch) }, a.truth("strict"), errNoRows())
}

func listChannels(c *call, a *arguments) (any, error) {
	host, err := c.channelHost(a)
	if err != nil {
		return nil, err
	}
	rows := []channelRow{}
	for _, ch := range c.db.channels.rows {
		if v := a.get("enabled"); v != nil && ch.Disabled == truth(v) {
			continue
		}
		if host == nil || slices.Contains(host.Channels, ch.Name) {
			rows = append(rows, newChannelRow(ch))
		}
	}
	return rows, nil
}

// channelHost is the host of which listChannels is to tell, nil for all.
func (c *call) channelHost(a *arguments) (*Host, error) {
	info := a.get("hostID")
	if !truth(info) {
		if truth(a.get("event")) {
			return nil, genericError("list_channels with event and not host is not allowed.")
		}
		return nil, nil
	}
	h, err := c.db.hosts.find(info)
	switch {
	case err != nil:
		return nil, err
	case h != nil:
		return h, nil
	}
	if name, ok := info.(string); ok {
		return nil, genericError("Invalid hostInfo: %s", name)
	}
	return &Host{}, nil
}

func getPackage(c *call, a *arguments) (any, error) {
	info := a.get("info")
	p, err := c.db.packages.find(info)
	if err != nil {
		return nil, err
	}
	return must(p, func(p *Package) any { return nameRow{p.ID, p.Name} }, a.truth("strict"),
		genericError("No such entry in table package: %s", str(info)))
}

func getPackageID(c *call, a *arguments) (any, error) {
	name, _ := a.get("name").(string)
	return must(c.db.packages.byName[name], func(p *Package) any { return p.ID }, a.truth("strict"),
		genericError("No such entry in table package: %s", str(a.get("name"))))
}
