package hub

import (
	"context"
	"fmt"

	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// nameSource asks the hub for names. Calls made at the same time travel together,
// which is up to the client.
type nameSource struct{ api kojirpc.API }

// Name implements namecache.Source.
func (s nameSource) Name(ctx context.Context, kind namecache.Kind, id int64) (string, error) {
	name, err := s.name(ctx, kind, koji.Ref{ID: id})
	return name, hubAnswer(err)
}

func (s nameSource) name(ctx context.Context, kind namecache.Kind, ref koji.Ref) (string, error) {
	switch kind {
	case namecache.User:
		user, err := s.api.GetUser(ctx, ref)
		return user.Name, err
	case namecache.Tag:
		tag, err := s.api.GetTag(ctx, ref)
		return tag.Name, err
	case namecache.Target:
		target, err := s.api.GetBuildTarget(ctx, ref)
		return target.Name, err
	case namecache.Channel:
		channel, err := s.api.GetChannel(ctx, ref)
		return channel.Name, err
	case namecache.Host:
		host, err := s.api.GetHost(ctx, ref)
		return host.Name, err
	case namecache.Package:
		pkg, err := s.api.GetPackage(ctx, ref)
		return pkg.Name, err
	case namecache.BType:
		return s.btype(ctx, ref.ID)
	}
	return "", fmt.Errorf("%s: %w", kind, koji.ErrNotFound)
}

// btype asks for a type of build, for which there is no call but that for lists.
func (s nameSource) btype(ctx context.Context, id int64) (string, error) {
	types, err := kojirpc.CallInto[[]map[string]any](ctx, s.api, "listBTypes", kojirpc.Named{
		"query": map[string]any{"id": id}, "queryOpts": map[string]any{"limit": 1},
	})
	if err != nil || len(types) == 0 {
		return "", err
	}
	name, _ := types[0]["name"].(string)
	return name, nil
}
