package main

import (
	"fmt"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/namecache"
)

func cacheCommand(streams cliutil.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "Look at and look after the cache of names",
		Long: `kojiwatch keeps the names of users, tags, targets, channels, hosts, packages and
build types, which messages give by number only, in a folder: one file for each,
DIR/PROFILE/KIND/ID, with the name in it. These commands list, find, remove and
fetch names there. The daemon may run meanwhile.

The kinds are user, tag, target, channel, host, package and btype.`,
		Example: `  kojiwatch cache warm --profile fedora
  kojiwatch cache list tag --profile fedora
  kojiwatch cache get user 5 --profile fedora
  kojiwatch cache clear --profile fedora`,
		Args: unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(cacheListCommand(streams), cacheGetCommand(streams), cacheClearCommand(streams), cacheWarmCommand(streams))
	return cmd
}

// cacheFlags adds the flags that say whose names and where.
func cacheFlags(cmd *cobra.Command, opts *CacheOptions) {
	f := cmd.Flags()
	f.StringVarP(&opts.Config, "config", "c", "", "the daemon's configuration `file`, for its hub and cache")
	f.StringVarP(&opts.Hub.Profile, "profile", "p", "", "the `profile` of Koji's client configuration (default $KOJI_PROFILE, else koji)")
	f.StringVar(&opts.Hub.Server, "hub", "", "the `URL` of a hub, in place of a profile")
	f.StringVar(&opts.Hub.KojiConfig, "koji-config", "", "a `file` or folder to look for the profile in, in place of ~/.koji/config")
	f.StringVar(&opts.Dir, "dir", "", "the `folder` of the cache (default $CACHE_DIRECTORY, else $XDG_CACHE_HOME/kojiwatch, else ~/.cache/kojiwatch)")
}

func kindNames() []string {
	var list []string
	for _, kind := range namecache.Kinds() {
		list = append(list, kind.String())
	}
	return list
}

// kindCommand is a command that takes any number of kinds.
func kindCommand(cmd *cobra.Command, opts *CacheOptions, run func(cmd *cobra.Command) error) *cobra.Command {
	cmd.ValidArgs = kindNames()
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, arg := range args {
			kind, err := namecache.ParseKind(arg)
			if err != nil {
				return usageError{err}
			}
			opts.Kinds = append(opts.Kinds, kind)
		}
		return run(cmd)
	}
	cacheFlags(cmd, opts)
	return cmd
}

func cacheListCommand(streams cliutil.Streams) *cobra.Command {
	var opts CacheOptions
	cmd := kindCommand(&cobra.Command{
		Use:   "list [KIND...]",
		Short: "List the names on the disk",
		Long: `list prints kind, id, name and when the name was last confirmed, of all kinds or
of those named. It does not ask the hub.`,
		Example: `  kojiwatch cache list user tag --profile fedora
  kojiwatch cache list --config kojiwatch.yaml --json | jq -r .name`,
	}, &opts, func(*cobra.Command) error { return CacheList(streams, opts) })
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print a JSON object on a line for each name")
	return cmd
}

func cacheClearCommand(streams cliutil.Streams) *cobra.Command {
	var opts CacheOptions
	return kindCommand(&cobra.Command{
		Use:   "clear [KIND...]",
		Short: "Remove names from the disk",
		Long: `clear removes the names of all kinds, or of those named, and nothing else. A daemon
that runs still has them in memory, and writes them again when they are confirmed.`,
		Example: `  kojiwatch cache clear --profile fedora
  kojiwatch cache clear target --config kojiwatch.yaml`,
	}, &opts, func(*cobra.Command) error { return CacheClear(streams, opts) })
}

func cacheWarmCommand(streams cliutil.Streams) *cobra.Command {
	var opts CacheOptions
	cmd := kindCommand(&cobra.Command{
		Use:   "warm [KIND...]",
		Short: "Fetch all names from the hub",
		Long: `warm fetches the names of all users, tags, targets, channels, hosts and build types,
or of the kinds named, in a few requests, so that a daemon that starts afterwards
need not ask for each. Packages are fetched only if named: there can be very many.`,
		Example: `  kojiwatch cache warm --profile fedora
  kojiwatch cache warm tag target --config kojiwatch.yaml`,
	}, &opts, func(cmd *cobra.Command) error { return CacheWarm(cmd.Context(), streams, opts) })
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print the numbers of names as JSON")
	return cmd
}

func cacheGetCommand(streams cliutil.Streams) *cobra.Command {
	var opts CacheOptions
	cmd := &cobra.Command{
		Use:   "get KIND ID",
		Short: "Print the name behind an id",
		Long: `get finds a name as the daemon does: on the disk, else from the hub, whose answer is
kept. It fails if there is nothing by this id.`,
		Example: `  kojiwatch cache get user 5 --profile fedora`,
		Args:    withUsage(cobra.ExactArgs(2)),

		ValidArgsFunction: onlyFirst(oneOf(kindNames())),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := namecache.ParseKind(args[0])
			if err != nil {
				return usageError{err}
			}
			id, err := strconv.ParseInt(args[1], 10, 64)
			if err != nil || id <= 0 {
				return usageError{fmt.Errorf("%.40q is no id; ids are numbers from 1", args[1])}
			}
			return CacheGet(cmd.Context(), streams, opts, kind, id)
		},
	}
	cacheFlags(cmd, &opts)
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print a JSON object")
	return cmd
}
