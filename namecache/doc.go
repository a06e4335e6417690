// Package namecache keeps the names that belong to Koji's ids: of users, tags, targets,
// channels, hosts, packages and build types. Messages carry ids; people want
// names.
//
// A [Cache] looks into its memory, then on the disk, then asks a [Source], which
// is the hub. It asks for a name once however many wait for it, and a name that
// is still in use is asked for again in the background before it gets old.
//
//	c, err := namecache.New(namecache.Options{Source: hub, Dir: dir, Profile: "fedora"})
//	…
//	defer c.Close()
//	name, err := c.Get(ctx, namecache.User, 5)
//
// # How long a name holds
//
// No message announces that something was renamed, so a name holds for as long
// as [Kind.TTL] says. What a message says besides ([Cache.Learn]) confirms or
// replaces a name without a call. A name that has grown old is served all the same
// where the hub does not answer. A name once known stays known even if the hub
// denies it: getTag knows no deleted tags, but ids are never given to others.
//
// # On the disk
//
// There is one file for each name, dir/profile/kind/id, which holds the name and
// nothing else, and whose modification time is when the name was last confirmed.
// That is the layout of txkoji, whose folders of users and tags can be read and
// written by both. Any number of processes may share a folder. What is not a
// name (garbage, an empty or half a file, a link, a folder) counts as absent and
// is replaced. The cache works without a disk too: a full, read-only or missing one
// costs a notice and some calls of the hub.
package namecache
