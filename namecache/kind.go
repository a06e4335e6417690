package namecache

import (
	"fmt"
	"time"
)

// Kind is the kind of object that an id identifies.
type Kind uint8

// The kinds of names.
const (
	User Kind = iota
	Tag
	Target
	Channel
	Host
	Package
	BType

	kinds = iota
)

// kindTraits are the properties of a kind.
type kindTraits struct {
	name string // also that of its folder
	ttl  time.Duration
}

// traits returns the properties of a kind. Users, tags, targets and channels can be
// renamed. Hosts cannot, but their users can. Packages and build types keep their names.
//
// Source: editUser, editTag2, editBuildTarget, editChannel in kojihub.py.
func (k Kind) traits() kindTraits {
	const day = 24 * time.Hour
	switch k {
	case User:
		return kindTraits{"user", 4 * time.Hour}
	case Tag:
		return kindTraits{"tag", 4 * time.Hour}
	case Target:
		return kindTraits{"target", time.Hour}
	case Channel:
		return kindTraits{"channel", 4 * time.Hour}
	case Host:
		return kindTraits{"host", 7 * day}
	case Package:
		return kindTraits{"package", 3650 * day}
	case BType:
		return kindTraits{"btype", 30 * day}
	}
	return kindTraits{"unknown", 0}
}

// Kinds returns all kinds.
func Kinds() []Kind { return []Kind{User, Tag, Target, Channel, Host, Package, BType} }

// String returns the kind's name, which is also that of its folder: user, tag,
// target, channel, host, package or btype.
func (k Kind) String() string { return k.traits().name }

// TTL returns how long a name of this kind is valid after its confirmation.
func (k Kind) TTL() time.Duration { return k.traits().ttl }

// ParseKind returns the kind with a name.
func ParseKind(name string) (Kind, error) {
	for _, k := range Kinds() {
		if k.String() == name {
			return k, nil
		}
	}
	return 0, fmt.Errorf("%.40q is not one of user, tag, target, channel, host, package and btype", name)
}
