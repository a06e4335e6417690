package ask

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/namecache"
)

func cacheCommand(streams cliutil.Streams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache",
		Short: "Manage the cache of names",
		Long: `Messages refer to users, tags, targets, channels, hosts, packages and build types by
number. kojiwatch keeps their names in a folder, one file per name:
DIR/PROFILE/KIND/ID. These commands list, look up, remove and fetch names there, also
while the daemon runs.

The kinds are user, tag, target, channel, host, package and btype.`,
		Example: `  kojiwatch cache warm --profile fedora
  kojiwatch cache list tag --profile fedora
  kojiwatch cache get user 5 --profile fedora
  kojiwatch cache clear --profile fedora`,
		Args: cli.UnknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(cacheListCommand(streams), cacheGetCommand(streams), cacheClearCommand(streams), cacheWarmCommand(streams))
	return cmd
}

// cacheFlags adds the flags that select the hub and the folder of its names.
func cacheFlags(cmd *cobra.Command, opts *cacheOptions) {
	f := cmd.Flags()
	f.StringVarP(&opts.Config, "config", "c", "", "the daemon's configuration `file`, for its hub and cache")
	cli.PresetFlag(f, &opts.Hub.Preset)
	cli.NamedHubFlags(f, &opts.Hub, "the `profile` of Koji's client configuration (default $KOJI_PROFILE, else koji)")
	f.StringVar(&opts.Dir, "dir", "", "the `folder` of the cache (default $CACHE_DIRECTORY, else $XDG_CACHE_HOME/kojiwatch, else ~/.cache/kojiwatch)")
}

func kindNames() []string {
	var list []string
	for _, kind := range namecache.Kinds() {
		list = append(list, kind.String())
	}
	return list
}

// kindCommand returns a command that takes any number of kinds.
func kindCommand(cmd *cobra.Command, opts *cacheOptions, run func(cmd *cobra.Command) error) *cobra.Command {
	cmd.ValidArgs = kindNames()
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for _, arg := range args {
			kind, err := namecache.ParseKind(arg)
			if err != nil {
				return cli.UsageError{Err: err}
			}
			opts.Kinds = append(opts.Kinds, kind)
		}
		return run(cmd)
	}
	cacheFlags(cmd, opts)
	return cmd
}

func cacheListCommand(streams cliutil.Streams) *cobra.Command {
	var opts cacheOptions
	cmd := kindCommand(&cobra.Command{
		Use:   "list [KIND...]",
		Short: "List the names on the disk",
		Long: `list prints the kind, id and name of each entry, and when the name was last
confirmed, for all kinds or for the kinds given. It does not ask the hub.`,
		Example: `  kojiwatch cache list user tag --profile fedora
  kojiwatch cache list --config kojiwatch.yaml --json | jq -r .name`,
	}, &opts, func(*cobra.Command) error { return listNames(streams, opts) })
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print a JSON object for each name, one per line")
	return cmd
}

func cacheClearCommand(streams cliutil.Streams) *cobra.Command {
	var opts cacheOptions
	return kindCommand(&cobra.Command{
		Use:   "clear [KIND...]",
		Short: "Remove names from the disk",
		Long: `clear removes the names of all kinds, or of the kinds given, and nothing else. A
running daemon still has them in memory, and writes them again when they are confirmed.`,
		Example: `  kojiwatch cache clear --profile fedora
  kojiwatch cache clear target --config kojiwatch.yaml`,
	}, &opts, func(*cobra.Command) error { return clearNames(streams, opts) })
}

func cacheWarmCommand(streams cliutil.Streams) *cobra.Command {
	var opts cacheOptions
	cmd := kindCommand(&cobra.Command{
		Use:   "warm [KIND...]",
		Short: "Fetch all names from the hub",
		Long: `warm fetches the names of all users, tags, targets, channels, hosts and build types,
or of the kinds given, in a few requests, so that a daemon started afterwards need not
ask for each. Packages are fetched only on request: there can be very many.`,
		Example: `  kojiwatch cache warm --profile fedora
  kojiwatch cache warm tag target --config kojiwatch.yaml`,
	}, &opts, func(cmd *cobra.Command) error { return warmNames(cmd.Context(), streams, opts) })
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print the numbers of names as JSON")
	return cmd
}

func cacheGetCommand(streams cliutil.Streams) *cobra.Command {
	var opts cacheOptions
	cmd := &cobra.Command{
		Use:   "get KIND ID",
		Short: "Print the name behind an id",
		Long: `get looks a name up as the daemon does: on the disk, else from the hub, and then keeps
the answer. It fails if the hub has nothing with this id.`,
		Example: `  kojiwatch cache get user 5 --profile fedora`,
		Args:    cobra.ExactArgs(2),

		ValidArgsFunction: cli.OnlyFirst(cli.OneOf(kindNames())),
		RunE: func(cmd *cobra.Command, args []string) error {
			kind, err := namecache.ParseKind(args[0])
			if err != nil {
				return cli.UsageError{Err: err}
			}
			id, err := strconv.ParseInt(args[1], 10, 64)
			if err != nil || id <= 0 {
				return cli.UsageError{Err: fmt.Errorf("%.40q is not an id; ids are numbers from 1", args[1])}
			}
			return getName(cmd.Context(), streams, opts, kind, id)
		},
	}
	cacheFlags(cmd, &opts)
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print a JSON object")
	return cmd
}

// cacheOptions select the names that a command works on.
type cacheOptions struct {
	Config string // a configuration whose hub and cache hold
	Hub    config.HubFlags
	Dir    string // in place of the configuration's
	Kinds  []namecache.Kind
	JSON   bool
}

// settings returns the configuration, overridden by the flags. The default hub is that of
// Koji's default profile.
func (o *cacheOptions) settings() (*config.Config, error) {
	c, err := cli.HubConfig(o.Config, o.Hub)
	if err == nil && !c.Hub.Configured() && o.Config == "" {
		o.Hub.Profile = "koji"
		if name := os.Getenv("KOJI_PROFILE"); name != "" {
			o.Hub.Profile = name
		}
		c, err = c.WithHub(o.Hub)
	}
	if err != nil {
		return nil, err
	}
	if !c.Hub.Configured() {
		return nil, c.Problem("hub", "names no hub; set hub.profile or hub.server, or give --profile or --hub")
	}
	if o.Dir != "" {
		c.Cache.Dir, c.Cache.Disk = o.Dir, true
	}
	if hub.NamesDir(c) == "" {
		return nil, c.Problem("cache", "there is no folder for names; name one by --dir")
	}
	return c, nil
}

// openDisk opens the folder of the hub's names.
func (o *cacheOptions) openDisk() (*namecache.Disk, error) {
	c, err := o.settings()
	if err != nil {
		return nil, err
	}
	access, err := hub.AccessOf(c)
	if err != nil {
		return nil, err
	}
	disk, err := namecache.OpenDisk(hub.NamesDir(c), access.Name, nil)
	if err != nil {
		return nil, c.Problem("hub", "%v", err)
	}
	return disk, nil
}

// kinds returns the selected kinds, or else all.
func (o *cacheOptions) kinds() []namecache.Kind {
	if len(o.Kinds) > 0 {
		return o.Kinds
	}
	return namecache.Kinds()
}

// nameLine is a name as JSON.
type nameLine struct {
	Kind string    `json:"kind"`
	ID   int64     `json:"id"`
	Name string    `json:"name"`
	AsOf time.Time `json:"as_of,omitzero"`
}

// listNames prints the names on the disk.
func listNames(streams cliutil.Streams, opts cacheOptions) error {
	disk, err := opts.openDisk()
	if err != nil {
		return err
	}
	defer disk.Close()
	table := tabwriter.NewWriter(streams.Out, 0, 8, 2, ' ', 0)
	for _, kind := range opts.kinds() {
		entries, err := disk.List(kind)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if opts.JSON {
				err = cli.WriteJSONLine(streams.Out, nameLine{kind.String(), e.ID, e.Name, e.AsOf.UTC().Truncate(time.Second)})
			} else {
				_, err = fmt.Fprintf(table, "%s\t%d\t%s\t%s\n", kind, e.ID, cliutil.Visible(e.Name), e.AsOf.Local().Format(time.DateTime))
			}
			if err != nil {
				return err
			}
		}
	}
	return table.Flush()
}

// clearNames removes names from the disk and prints how many.
func clearNames(streams cliutil.Streams, opts cacheOptions) error {
	disk, err := opts.openDisk()
	if err != nil {
		return err
	}
	defer disk.Close()
	total := 0
	for _, kind := range opts.kinds() {
		n, err := disk.Clear(kind)
		if total += n; err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(streams.Out, "removed %d names from %s\n", total, cliutil.Visible(disk.Path()))
	return err
}

// getName prints the name for an id, as the daemon would find it: on disk, or else from the
// hub.
func getName(ctx context.Context, streams cliutil.Streams, opts cacheOptions, kind namecache.Kind, id int64) (err error) {
	c, err := opts.settings()
	if err != nil {
		return err
	}
	hub, err := hub.OpenForCommand(ctx, streams, c, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, hub.Close(ctx)) }()
	name, err := hub.Names.Get(ctx, kind, id)
	if err != nil {
		return err
	}
	if opts.JSON {
		return cli.WriteJSONLine(streams.Out, nameLine{Kind: kind.String(), ID: id, Name: name})
	}
	_, err = fmt.Fprintln(streams.Out, cliutil.Visible(name))
	return err
}

// warmKinds returns the kinds fetched by default: without packages, of which a hub can have
// very many, and whose names are in the messages anyway.
func warmKinds() []namecache.Kind {
	return slices.DeleteFunc(namecache.Kinds(), func(k namecache.Kind) bool { return k == namecache.Package })
}

// warmNames fetches all names of some kinds from the hub and writes them to disk. It reads long
// lists in pages, and the pages of different lists in one request.
func warmNames(ctx context.Context, streams cliutil.Streams, opts cacheOptions) (err error) {
	if len(opts.Kinds) == 0 {
		opts.Kinds = warmKinds()
	}
	disk, err := opts.openDisk()
	if err != nil {
		return err
	}
	defer disk.Close()
	c, err := opts.settings()
	if err != nil {
		return err
	}
	opened, err := hub.OpenForCommand(ctx, streams, c, nil)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, opened.Close(ctx)) }()
	var progress io.Writer
	if cliutil.IsTerminal(streams.Err) {
		progress = streams.Err
	}
	counts, err := hub.FetchNames(ctx, opened.API, disk, opts.Kinds, progress)
	return errors.Join(printCounts(streams.Out, counts, opts), err)
}

// printCounts prints the number of names of each kind.
func printCounts(out io.Writer, counts map[string]int, opts cacheOptions) error {
	if opts.JSON {
		return cli.WriteJSONLine(out, counts)
	}
	table := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, kind := range opts.Kinds {
		if n, found := counts[kind.String()]; found {
			_, _ = fmt.Fprintf(table, "%s\t%d\n", kind, n)
		}
	}
	return table.Flush()
}
