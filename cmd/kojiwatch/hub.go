package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
)

// hubFlags adds the flags that say which hub to call.
func hubFlags(f *pflag.FlagSet, opts *hub.Options) {
	f.StringVarP(&opts.Profile, "profile", "p", "", "the `profile` of Koji's client configuration (default $KOJI_PROFILE, else koji)")
	f.StringVar(&opts.ConfigFile, "koji-config", "", "a `file` or folder to read in place of ~/.koji/config")
	f.StringVar(&opts.URL, "hub", "", "the `URL` of a hub, in place of a profile")
	f.DurationVar(&opts.Timeout, "timeout", 5*time.Minute, "give up after this `time`; 0 is never")
}

func callCommand(streams cliutil.Streams) *cobra.Command {
	var opts CallOptions
	cmd := &cobra.Command{
		Use:   "call METHOD [ARG...] [name=value...]",
		Short: "Call a method of the Koji hub",
		Long: `call calls one method of a Koji hub and prints what it returns: a text as it is,
anything else as JSON. An argument that is JSON is taken as such (42, true, null,
[1,2], {"limit":5}, "42" with its quotes), any other is a text.

The call is anonymous, which is enough for nearly everything there is to read.
--login logs in as the profile says; with --hub, with the ticket that kinit got.`,
		Example: `  kojiwatch call getBuild bash-5.2-1.fc44
  kojiwatch call listBuilds packageID=bash state=1 'queryOpts={"limit":3,"order":"-build_id"}'
  kojiwatch call --hub https://koji.example.com/kojihub getKojiVersion --json`,
		Args: withUsage(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Method, opts.Args = args[0], args[1:]
			return Call(cmd.Context(), streams, opts)
		},
	}
	hubFlags(cmd.Flags(), &opts.Options)
	cmd.Flags().BoolVar(&opts.Login, "login", false, "log in first")
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print one line of JSON, whatever the result")
	return cmd
}

func whoamiCommand(streams cliutil.Streams) *cobra.Command {
	return hubCommand("whoami", "Log in to the Koji hub and print who it takes you for", streams, Whoami)
}

func apiCommand(streams cliutil.Streams) *cobra.Command {
	return hubCommand("api", "List the methods of the Koji hub, those of its plugins included", streams, Methods)
}

// hubCommand is a command that asks a hub something and takes no arguments.
func hubCommand(use, short string, streams cliutil.Streams, ask func(context.Context, cliutil.Streams, hub.Options) error) *cobra.Command {
	var opts hub.Options
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  withUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd.Context(), streams, opts)
		},
	}
	hubFlags(cmd.Flags(), &opts)
	return cmd
}

func profilesCommand(streams cliutil.Streams) *cobra.Command {
	var opts hub.Options
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List the hubs in Koji's client configuration",
		Long: `profiles lists the profiles that Koji's own client would find, each with its hub,
its kojiweb, and the file and line that names the hub.`,
		Args: withUsage(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			return Profiles(streams, opts)
		},
	}
	cmd.Flags().StringVar(&opts.ConfigFile, "koji-config", "", "a `file` or folder to read in place of ~/.koji/config")
	return cmd
}
