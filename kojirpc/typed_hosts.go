package kojirpc

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/printable"
)

// GetChannel returns a channel by id or name. The error is koji.ErrNotFound if there is
// no such channel.
func (a API) GetChannel(ctx context.Context, channel koji.Ref) (koji.Channel, error) {
	return call(ctx, a, byRef[koji.Channel]("getChannel", channel))
}

// ListChannels returns all channels or, if host is not zero, those from which the
// host takes tasks.
func (a API) ListChannels(ctx context.Context, host koji.Ref) ([]koji.Channel, error) {
	m := Named{}
	setRef(m, "hostID", host)
	return CallInto[[]koji.Channel](ctx, a, "listChannels", m)
}

// GetHost returns a host by id or name. The error is koji.ErrNotFound if there is no
// such host.
func (a API) GetHost(ctx context.Context, host koji.Ref) (koji.Host, error) {
	return call(ctx, a, byRef[koji.Host]("getHost", host))
}

// HostFilter selects the hosts to list. Zero fields are ignored.
type HostFilter struct {
	Arches  []string // hosts that have at least one of them
	Channel koji.Ref
	User    koji.Ref // the user as which the host logs in
	Enabled koji.Opt[bool]
	Ready   koji.Opt[bool]
}

// ListHosts returns the hosts that match a filter.
func (a API) ListHosts(ctx context.Context, f HostFilter, q QueryOpts) ([]koji.Host, error) {
	return call(ctx, a, listHosts(f, q))
}

func listHosts(f HostFilter, q QueryOpts) spec[[]koji.Host] {
	m := Named{}
	setStrings(m, "arches", f.Arches)
	setRef(m, "channelID", f.Channel)
	setRef(m, "userID", f.User)
	setKnown(m, "enabled", f.Enabled)
	setKnown(m, "ready", f.Ready)
	return plain[[]koji.Host]("listHosts", q.in(m))
}

// GetAPIVersion returns the version of the hub's API, which is 1. It is the hub's
// cheapest call.
func (a API) GetAPIVersion(ctx context.Context) (int, error) {
	return CallInto[int](ctx, a, "getAPIVersion")
}

// GetKojiVersion returns the hub's version, such as "1.35.3". For hubs before 1.23,
// which lack the method, it returns "1.22", as Koji's own client does.
func (a API) GetKojiVersion(ctx context.Context) (string, error) {
	v, err := CallInto[string](ctx, a, "getKojiVersion")
	if f, ok := errors.AsType[*Fault](err); ok && f.Code == CodeGenericError && strings.Contains(f.Text, "Invalid method") {
		return "1.22", nil
	}
	if err != nil {
		return "", err
	}
	if v == "" {
		return "", fmt.Errorf("hub getKojiVersion: %w", koji.ErrNotFound)
	}
	return printable.Line(v, 50), nil
}

// ListMethods returns the names of all methods of the hub, including those of its
// plugins.
func (a API) ListMethods(ctx context.Context) ([]string, error) {
	return CallInto[[]string](ctx, a, "system.listMethods")
}
