package ask

import (
	"context"
	"fmt"
	"io"
	"math"
	"strings"
	"text/tabwriter"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/spf13/cobra"

	"github.com/kojiwatch/kojiwatch/cmd/kojiwatch/internal/cli"
	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

func callCommand(streams cliutil.Streams) *cobra.Command {
	var opts callOptions
	cmd := &cobra.Command{
		Use:   "call METHOD [ARG...] [name=value...]",
		Short: "Call a method of the Koji hub",
		Long: `call calls one method of a Koji hub and prints the result: a string as it is, anything
else as JSON. An argument that is valid JSON is parsed as JSON (42, true, null, [1,2],
{"limit":5}, "42" with its quotes); any other argument is a string.

The call is anonymous, which is enough to read nearly everything. --login logs in as
the profile says or, with --hub, with the ticket from kinit.`,
		Example: `  kojiwatch call getBuild bash-5.2-1.fc44
  kojiwatch call listBuilds packageID=bash state=1 'queryOpts={"limit":3,"order":"-build_id"}'
  kojiwatch call --hub https://koji.example.com/kojihub getKojiVersion --json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts.Method, opts.Args = args[0], args[1:]
			return callMethod(cmd.Context(), streams, opts)
		},
	}
	cli.HubFlags(cmd.Flags(), &opts.Options)
	cmd.Flags().BoolVar(&opts.Login, "login", false, "log in first")
	cmd.Flags().BoolVar(&opts.JSON, "json", false, "print any result as one line of JSON")
	return cmd
}

func whoamiCommand(streams cliutil.Streams) *cobra.Command {
	return hubCommand("whoami", "Log in to the Koji hub and print your user there", streams, printLoggedIn)
}

func apiCommand(streams cliutil.Streams) *cobra.Command {
	return hubCommand("api", "List the methods of the Koji hub, including those of plugins", streams, printMethods)
}

// hubCommand returns a command that queries a hub and takes no arguments.
func hubCommand(use, short string, streams cliutil.Streams, ask func(context.Context, cliutil.Streams, hub.Options) error) *cobra.Command {
	var opts hub.Options
	cmd := &cobra.Command{
		Use:   use,
		Short: short,
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return ask(cmd.Context(), streams, opts)
		},
	}
	cli.HubFlags(cmd.Flags(), &opts)
	return cmd
}

func profilesCommand(streams cliutil.Streams) *cobra.Command {
	var opts hub.Options
	cmd := &cobra.Command{
		Use:   "profiles",
		Short: "List the hubs in Koji's client configuration",
		Long: `profiles lists the profiles in the configuration of Koji's own client, each with its
hub, its kojiweb, and the file and line that names the hub.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			return printProfiles(streams, opts)
		},
	}
	cmd.Flags().StringVar(&opts.ConfigFile, "koji-config", "", "a `file` or folder to read instead of ~/.koji/config")
	return cmd
}

// callOptions select the method to call and its arguments.
type callOptions struct {
	hub.Options
	Method string
	Args   []string // ARG or name=value
	JSON   bool     // one line of JSON, whatever the result
}

// callMethod calls one method of the hub and prints the result.
func callMethod(ctx context.Context, streams cliutil.Streams, opts callOptions) error {
	args, err := callArgs(opts.Args)
	if err != nil {
		return err
	}
	return hub.With(ctx, streams, "", opts.Options, func(ctx context.Context, api kojirpc.API) error {
		result, err := api.Call(ctx, opts.Method, args...)
		if err != nil {
			return err
		}
		return printResult(streams.Out, result, opts.JSON)
	})
}

// callArgs parses arguments: each is JSON, or else text; name=value is a named argument.
func callArgs(words []string) ([]any, error) {
	var args []any
	named := kojirpc.Named{}
	for _, word := range words {
		name, text, ok := strings.Cut(word, "=")
		if ok && isName(name) {
			named[name] = argument(text)
			continue
		}
		if len(named) > 0 {
			return nil, fmt.Errorf("argument %q comes after a named one; named arguments go last", word)
		}
		args = append(args, argument(word))
	}
	if len(named) > 0 {
		args = append(args, named)
	}
	return args, nil
}

// isName reports whether text is a valid parameter name in Python.
func isName(text string) bool {
	for i, r := range text {
		letter := r == '_' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return text != ""
}

// argument parses one argument. Text that is not JSON is used as it is, so that most texts need
// no quotes.
func argument(word string) any {
	var v any
	if err := json.Unmarshal([]byte(word), &v); err != nil {
		return word
	}
	return wholeNumbers(v)
}

// wholeNumbers converts JSON numbers without a fraction to integers, which the hub
// distinguishes from floats.
func wholeNumbers(v any) any {
	switch v := v.(type) {
	case float64:
		if v == math.Trunc(v) && math.Abs(v) < 1<<53 {
			return int64(v)
		}
	case []any:
		for i := range v {
			v[i] = wholeNumbers(v[i])
		}
	case map[string]any:
		for name := range v {
			v[name] = wholeNumbers(v[name])
		}
	}
	return v
}

// printResult prints a result: a text as it is, anything else as JSON. JSON
// escapes control characters; a text shows them.
func printResult(w io.Writer, result any, asJSON bool) error {
	if text, ok := result.(string); ok && !asJSON {
		_, err := fmt.Fprintln(w, cliutil.Visible(text))
		return err
	}
	opts := []json.Options{json.Deterministic(true), jsontext.AllowInvalidUTF8(true)}
	if !asJSON {
		opts = append(opts, jsontext.WithIndent("  "))
	}
	text, err := json.Marshal(result, opts...)
	if err != nil {
		return fmt.Errorf("print the result: %w", err)
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}

// printProfiles prints the profiles of Koji's client configuration.
func printProfiles(streams cliutil.Streams, opts hub.Options) error {
	set, err := profile.Load(profile.Options{Config: opts.ConfigFile})
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(streams.Out, 0, 8, 2, ' ', 0)
	for _, name := range set.Names() {
		p, err := set.Profile(name)
		if err != nil {
			_, _ = fmt.Fprintf(w, "%s\t%s\n", cliutil.Visible(name), cliutil.Visible(err.Error()))
			continue
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", cliutil.Visible(name), cliutil.Visible(p.Server), cliutil.Visible(p.WebURL), cliutil.Visible(p.Source("server").String()))
		for _, text := range p.Warnings() {
			_, _ = fmt.Fprintf(streams.Err, "kojiwatch: warning: %s\n", cliutil.Visible(text))
		}
	}
	for _, err := range set.Skipped() {
		_, _ = fmt.Fprintf(streams.Err, "kojiwatch: warning: %v\n", err)
	}
	if len(set.Names()) == 0 {
		_, _ = fmt.Fprintf(streams.Err, "kojiwatch: %s; commands that ask a hub also take --preset (%s) or --hub\n",
			set.Instead(), strings.Join(config.Presets(), ", "))
	}
	return w.Flush()
}

// printLoggedIn prints the user that the hub has authenticated.
func printLoggedIn(ctx context.Context, streams cliutil.Streams, opts hub.Options) error {
	opts.Login = true
	return hub.With(ctx, streams, "", opts, func(ctx context.Context, api kojirpc.API) error {
		user, err := api.GetLoggedInUser(ctx)
		if err != nil {
			return err
		}
		return printUser(streams.Out, user)
	})
}

func printUser(w io.Writer, user koji.User) error {
	_, err := fmt.Fprintf(w, "%s (user %d)\n", cliutil.Visible(user.Name), user.ID)
	for _, principal := range user.KrbPrincipals {
		if err == nil {
			_, err = fmt.Fprintf(w, "  %s\n", cliutil.Visible(principal))
		}
	}
	return err
}

// printMethods prints the names of the hub's methods.
func printMethods(ctx context.Context, streams cliutil.Streams, opts hub.Options) error {
	return hub.With(ctx, streams, "", opts, func(ctx context.Context, api kojirpc.API) error {
		names, err := api.ListMethods(ctx)
		if err != nil {
			return err
		}
		for _, name := range names {
			if _, err := fmt.Fprintln(streams.Out, cliutil.Visible(name)); err != nil {
				return err
			}
		}
		return nil
	})
}
