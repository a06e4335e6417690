package main

import (
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// addCompletion adds completions for the arguments and flags of a command and its
// subcommands. Those of a flag depend on its name, which means the same in every command, and
// on the name of the value in its usage.
func addCompletion(cmd *cobra.Command) {
	for _, sub := range cmd.Commands() {
		addCompletion(sub)
	}
	if cmd.ValidArgsFunction == nil && cmd.ValidArgs == nil {
		cmd.ValidArgsFunction = completionOfArgs(cmd)
	}
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if complete := completionOfFlag(cmd, f); complete != nil {
			// It fails only for unknown flags and for those that have a completion.
			_ = cmd.RegisterFlagCompletionFunc(f.Name, complete)
		}
	})
}

// completionOfArgs returns nil if arguments are files, which shells complete themselves.
func completionOfArgs(cmd *cobra.Command) cobra.CompletionFunc {
	switch {
	case cmd.Name() == "check":
		return configFiles
	case cmd.Name() == "test":
		return cli.OnlyFirst(sinkNames)
	case strings.Contains(cmd.Use, "FILE"):
		return nil
	}
	return cobra.NoFileCompletions
}

// completionOfFlag returns nil for flags that take files.
func completionOfFlag(cmd *cobra.Command, f *pflag.Flag) cobra.CompletionFunc {
	switch f.Name {
	case "format":
		return cli.OneOf(cli.FormatNames())
	case "preset":
		if cmd.Flags().Lookup("broker") != nil || cmd.Name() == "init" {
			return cli.OneOf(config.BrokerPresets())
		}
		return cli.OneOf(config.Presets())
	case "auth":
		return cli.OneOf([]string{string(config.AuthPlain), string(config.AuthExternal)})
	case "type":
		return cli.OneOf(eventTypes())
	case "config":
		return configFiles
	case "sink":
		return sinkNames
	case "profile":
		return profileNames
	}
	switch value, _ := pflag.UnquoteUsage(f); value {
	case "file":
		return nil
	case "folder":
		return func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		}
	}
	return cobra.NoFileCompletions
}

func eventTypes() []string {
	var list []string
	for _, t := range event.Types() {
		list = append(list, string(t))
	}
	return list
}

func configFiles(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml"}, cobra.ShellCompDirectiveFilterFileExt
}

// sinkNames returns the names of the sinks in the configuration on the command line; none if
// it does not exist or is invalid, since completion must not print errors.
func sinkNames(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	file, err := cmd.Flags().GetString("config")
	if err != nil || file == "" {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	c, err := sinkbuild.LoadConfig(file)
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	var list []string
	for i := range c.Sinks {
		list = append(list, c.Sinks[i].Name)
	}
	return list, cobra.ShellCompDirectiveNoFileComp
}

// profileNames returns the names of the profiles that Koji's own client would find.
func profileNames(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	set, err := profile.Load(profile.Options{})
	if err != nil {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	list := slices.DeleteFunc(set.Names(), func(name string) bool {
		return strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsGraphic(r) })
	})
	return list, cobra.ShellCompDirectiveNoFileComp
}
