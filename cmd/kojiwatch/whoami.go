package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// Profiles prints the profiles of Koji's client configuration.
func Profiles(streams cliutil.Streams, opts hub.Options) error {
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
	}
	for _, err := range set.Skipped() {
		_, _ = fmt.Fprintf(streams.Err, "kojiwatch: warning: %v\n", err)
	}
	return w.Flush()
}

// Whoami prints who the hub takes us for.
func Whoami(ctx context.Context, streams cliutil.Streams, opts hub.Options) error {
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

// Methods prints the names of the hub's methods.
func Methods(ctx context.Context, streams cliutil.Streams, opts hub.Options) error {
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
