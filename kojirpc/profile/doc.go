// Package profile reads Koji's client profiles as Koji's own Python client
// reads them.
//
// A profile is a section of an INI file that says where a hub is and how to
// talk to it. The files below are read in this order into one table; where two
// of them give the same section and key the one read last wins, key by key:
//
//  1. /etc/koji.conf.d: every regular file *.conf, sorted by name
//  2. /etc/koji.conf
//  3. the file or directory of [Options.Config] (Koji's -c/--config), or without
//     it ~/.koji/config.d (sorted *.conf) and then ~/.koji/config
//
// The files are UTF-8 in the dialect of Python's configparser.ConfigParser with
// its default settings: "=" or ":" after the name, "#" and ";" comment lines,
// option names in lower case, section names as written, values that continue
// on indented lines, a [DEFAULT] section that shows in every profile, and
// %(name)s interpolation ("%%" is a percent sign).
//
// Over that come the two things which the command-line client does to what it
// has read: ~ is expanded in topdir, and an obsolete pkgurl gives the topurl.
//
// It is stricter than Koji in a few places. An empty server, a negative number
// of seconds and a number that fits no integer are errors here, where Koji
// fails on them later or never. A file named by [Options.Config] that cannot
// be read is an error, where Koji goes on without it and then misses the
// profile; other unreadable files are skipped as Koji skips them, and
// [Set.Skipped] names them. Sizes have bounds. Numbers have ASCII digits only.
//
// The rules are those of koji/__init__.py (read_config, read_config_files,
// config_directory_contents) and cli/koji (get_options) in Koji 1.35.
package profile
