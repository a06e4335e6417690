package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/kojirpc"
)

// Options say which hub to call, and as which user.
type Options struct {
	Preset     string // a public hub, in place of all that follows
	Profile    string // of Koji's client configuration; "" is its default
	ConfigFile string // in place of the user's own files
	URL        string // of the hub, in place of a profile
	Login      bool   // as the profile says; else anonymous
	Timeout    time.Duration
}

// With calls do with a hub's API: that of the hub that opts name or, if file is not
// empty, that of the configuration in it.
func With(ctx context.Context, streams cliutil.Streams, file string, opts Options, do func(context.Context, kojirpc.API) error) (err error) {
	access, err := opts.access(file, streams.Err)
	if err != nil {
		return err
	}
	if cliutil.IsVerbose(streams.Err) {
		if err := access.logTo(streams.Err); err != nil {
			return err
		}
	}
	hub, err := Connect(access)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, Close(ctx, hub.Client)) }()
	if opts.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opts.Timeout)
		defer cancel()
	}
	return do(ctx, hub.API)
}

// logTo has the client log what it asks, and what comes in between.
func (a *Access) logTo(w io.Writer) error {
	logs, err := cliutil.NewLog(config.Log{Level: config.LogDebug, Format: config.LogConsole}, w)
	if err != nil {
		return err
	}
	a.Options.Notify = hubNotices(logs.Logger)
	a.Options.Observe = func(took time.Duration, err error) { logRequest(logs.Logger, took, err) }
	return nil
}

// logRequest logs a request to a hub.
func logRequest(log zerolog.Logger, took time.Duration, err error) {
	if entry := log.Debug(); entry.Enabled() {
		hint.Log(entry.Str("took", took.Round(time.Millisecond).String()), err).Msg("the hub was asked")
	}
}

// closeGrace bounds a logout when the command has ended.
const closeGrace = 10 * time.Second

// Close logs out, within a time of its own.
func Close(ctx context.Context, client *kojirpc.Client) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeGrace)
	defer cancel()
	return client.Close(ctx)
}

// access returns how to reach the hub.
func (o *Options) access(file string, warnings io.Writer) (Access, error) {
	if file != "" {
		return accessOfFile(file)
	}
	a := Access{login: o.Login}
	if o.Preset != "" {
		flags := config.HubFlags{Preset: o.Preset, Profile: o.Profile, Server: o.URL, KojiConfig: o.ConfigFile}
		c, err := config.FromHubFlags(flags, os.LookupEnv)
		if err != nil {
			return a, err
		}
		a.useURL(c.Hub.Server)
		a.Options.WebURL = c.Hub.WebURL
	} else if o.URL != "" {
		a.useURL(o.URL)
	} else if key, err := a.readProfile(o.ConfigFile, o.Profile, o.Login); key == "hub.profile" {
		return a, fmt.Errorf("%w; name a hub by --preset (%s), --hub or --profile", err, strings.Join(config.Presets(), ", "))
	} else if err != nil {
		return a, err
	}
	for _, text := range a.Warnings {
		_, _ = fmt.Fprintf(warnings, "kojiwatch: warning: %s\n", text)
	}
	a.Options.UserAgent = userAgent()
	a.Options.Batching.Off = true // one call has nobody to travel with
	return a, nil
}

func accessOfFile(file string) (Access, error) {
	c, err := sinkbuild.LoadConfig(file)
	if err != nil {
		return Access{}, err
	}
	if !c.Hub.Configured() {
		return Access{}, c.Problem("hub", "names no hub to ask; set hub.profile or hub.server")
	}
	return AccessOf(c)
}

func userAgent() string { return "kojiwatch/" + cliutil.Release() }
