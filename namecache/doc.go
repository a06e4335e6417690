// Package namecache caches the names for Koji's ids: of users, tags, targets, channels,
// hosts, packages and build types. Messages contain ids; people want names.
//
// A [Cache] looks up a name in memory, then on disk, and then asks a [Source], which is
// the hub. It asks for a name only once, however many callers wait for it, and renews
// names that are in use in the background before they expire.
//
//	c, err := namecache.New(namecache.Options{Source: hub, Dir: dir, Profile: "fedora"})
//	…
//	defer c.Close()
//	name, err := c.Get(ctx, namecache.User, 5)
//
// # How long a name is valid
//
// No message announces that something was renamed, so a name is valid for [Kind.TTL].
// A name in a message ([Cache.Learn]) confirms or replaces a cached name without a call.
// If the hub does not answer, the cache returns an expired name. It also keeps a name if
// the hub no longer finds its id: getTag does not find deleted tags, but ids are never
// reused.
//
// # On disk
//
// There is one file for each name, dir/profile/kind/id, which contains only the name. Its
// modification time is when the name was last confirmed. That is the layout of txkoji, so
// that both can share the folders of users and tags. Any number of processes may share a
// folder. A file without a valid name (garbage, an empty or truncated file, a link, a
// folder) counts as missing and is replaced. The cache also works without a disk: if the
// disk is full, read-only or missing, the cache notifies its owner and asks the hub.
package namecache
