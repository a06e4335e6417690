package answers

import (
	"slices"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/dataset"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest/internal/python"
)

func (s *Snapshot) hostRow(h *dataset.Host) map[string]any {
	return map[string]any{
		"id": h.ID, "user_id": s.Users.ByName[h.Name].ID, "name": h.Name, "update_ts": Stamp(h.Updated),
		"ready": h.Ready, "task_load": h.Load, "arches": h.Arches, "capacity": h.Capacity,
		"description": python.OrNil(h.Description), "comment": python.OrNil(h.Comment), "enabled": !h.Disabled,
	}
}

func channelRow(c *dataset.Channel) map[string]any {
	return map[string]any{
		"id": c.ID, "name": c.Name, "description": python.OrNil(c.Description),
		"enabled": !c.Disabled, "comment": python.OrNil(c.Comment),
	}
}

func getHost(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("hostInfo")
	return lookUp(&c.DB.Hosts, info, a.Truth("strict"),
		python.GenericError("Invalid hostInfo: %s", python.Str(info)),
		func(h *dataset.Host) any { return c.DB.hostRow(h) })
}

func listHosts(c *Reader, a *python.Arguments) (any, error) {
	keep, err := c.hostFilter(a)
	if err != nil {
		return nil, err
	}
	rows := []map[string]any{}
	for _, h := range c.DB.Hosts.rows {
		if keep.passes(h) {
			rows = append(rows, c.DB.hostRow(h))
		}
	}
	return rows, nil // like a hub, accept queryOpts but ignore them
}

func (c *Reader) hostFilter(a *python.Arguments) (f filter[*dataset.Host], err error) {
	if err := byArches(a.Get("arches"), &f); err != nil {
		return nil, err
	}
	if info := a.Get("channelID"); info != nil {
		ch, err := c.DB.channels.find(info)
		if err != nil {
			return nil, err
		}
		if ch == nil {
			return nil, python.GenericError("No such entry in table channels: %s", python.Str(info))
		}
		f.add(func(h *dataset.Host) bool { return slices.Contains(h.Channels, ch.Name) })
	}
	if v := a.Get("ready"); v != nil {
		f.add(func(h *dataset.Host) bool { return h.Ready == python.Truth(v) })
	}
	if v := a.Get("enabled"); v != nil {
		f.add(func(h *dataset.Host) bool { return h.Disabled != python.Truth(v) })
	}
	if info := a.Get("userID"); info != nil {
		u, err := c.DB.User(info)
		if err != nil {
			return nil, err
		}
		if u == nil {
			return nil, python.GenericError("No such user: %s", python.Repr(info))
		}
		f.add(func(h *dataset.Host) bool { return h.Name == u.Name })
	}
	return f, nil
}

func byArches(v any, f *filter[*dataset.Host]) error {
	if v == nil {
		return nil
	}
	if !python.Truth(v) {
		return python.GenericError("arches option cannot be empty")
	}
	items, ok := v.([]any)
	if !ok {
		items = []any{v}
	}
	var arches []string
	for _, item := range items {
		arches = append(arches, python.Str(item))
	}
	f.add(func(h *dataset.Host) bool { return hasArch(h.Arches, arches) })
	return nil
}

func getChannel(c *Reader, a *python.Arguments) (any, error) {
	return lookUp(&c.DB.channels, a.Get("channelInfo"), a.Truth("strict"),
		errNoRows(),
		func(ch *dataset.Channel) any { return channelRow(ch) })
}

func listChannels(c *Reader, a *python.Arguments) (any, error) {
	host, err := c.channelHost(a)
	if err != nil {
		return nil, err
	}
	rows := []map[string]any{}
	for _, ch := range c.DB.channels.rows {
		if v := a.Get("enabled"); v != nil && ch.Disabled == python.Truth(v) {
			continue
		}
		if host == nil || slices.Contains(host.Channels, ch.Name) {
			rows = append(rows, channelRow(ch))
		}
	}
	return rows, nil
}

// channelHost returns the host for listChannels; nil for all.
func (c *Reader) channelHost(a *python.Arguments) (*dataset.Host, error) {
	info := a.Get("hostID")
	if !python.Truth(info) {
		if python.Truth(a.Get("event")) {
			return nil, python.GenericError("list_channels with event and not host is not allowed.")
		}
		return nil, nil
	}
	h, err := c.DB.Hosts.find(info)
	switch {
	case err != nil:
		return nil, err
	case h != nil:
		return h, nil
	}
	if name, ok := info.(string); ok {
		return nil, python.GenericError("Invalid hostInfo: %s", name)
	}
	return &dataset.Host{}, nil
}

func getPackage(c *Reader, a *python.Arguments) (any, error) {
	info := a.Get("info")
	return lookUp(&c.DB.packages, info, a.Truth("strict"),
		python.GenericError("No such entry in table package: %s", python.Str(info)),
		func(p *dataset.Package) any { return map[string]any{"id": p.ID, "name": p.Name} })
}

func getPackageID(c *Reader, a *python.Arguments) (any, error) {
	name, _ := a.Get("name").(string)
	return Must(c.DB.packages.ByName[name], func(p *dataset.Package) any { return p.ID }, a.Truth("strict"),
		python.GenericError("No such entry in table package: %s", python.Str(a.Get("name"))))
}
