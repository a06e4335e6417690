// Package profile reads Koji's client profiles like Koji's own Python client.
//
// A profile is a section of an INI file with the address of a hub and the settings for
// calling it. The files below are read in this order; if several files set the same key
// of a section, the last file wins:
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
// As in the command-line client, ~ is then expanded in topdir, and an obsolete pkgurl
// sets the topurl.
//
// The package is stricter than Koji in a few places. An empty server, a negative number
// of seconds and a number that overflows an integer are errors, while Koji fails on them
// later or never. A file named by [Options.Config] that cannot be read is an error, while
// Koji continues without it and then misses the profile; other unreadable files are
// skipped as in Koji, and listed by [Set.Skipped]. Sizes are limited. Numbers may have
// ASCII digits only.
//
// The rules are those of koji/__init__.py (read_config, read_config_files,
// config_directory_contents) and cli/koji (get_options) in Koji 1.35.
package profile
