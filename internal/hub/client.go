package hub

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/sinkbuild"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// Options say which hub to call, and as whom.
type Options struct {
	Profile    string // of Koji's client configuration; "" is its default
	ConfigFile string // in place of the user's own files
	URL        string // of the hub, in place of a profile
	Login      bool   // as the profile says; else anonymous
	Timeout    time.Duration
}

// With runs do with a hub's client, or with a session if a login is wanted.
func With(ctx context.Context, streams cliutil.Streams, opts Options, do func(context.Context, kojirpc.API) error) (err error) {
	clientOpts, cred, err := opts.resolve(streams.Err)
	if err != nil {
		return err
	}
	client, err := kojirpc.New(clientOpts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, Close(ctx, client)) }()
	if opts.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opts.Timeout)
		defer cancel()
	}
	if !opts.Login {
		return do(ctx, client.API)
	}
	session, err := client.Session(cred)
	if err != nil {
		return err
	}
	return do(ctx, session.API)
}

// closeGrace is how long a logout may take when the command has ended.
const closeGrace = 10 * time.Second

func Close(ctx context.Context, client *kojirpc.Client) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeGrace)
	defer cancel()
	return client.Close(ctx)
}

// resolve finds the hub and the credentials.
func (o *Options) resolve(warnings io.Writer) (kojirpc.Options, kojirpc.Credentials, error) {
	if o.URL != "" {
		// Whoever names a hub by URL logs in with the ticket that kinit got.
		cred := kojirpc.Credentials{Negotiator: &kojirpc.Kerberos{}}
		return kojirpc.Options{Server: o.URL, UserAgent: userAgent(), Batching: kojirpc.Batching{Off: true}}, cred, nil
	}
	set, err := profile.Load(profile.Options{Config: o.ConfigFile})
	if err != nil {
		return kojirpc.Options{}, kojirpc.Credentials{}, err
	}
	p, err := set.Profile(o.Profile)
	if err != nil {
		return kojirpc.Options{}, kojirpc.Credentials{}, fmt.Errorf("%w; name a hub by --profile or --hub", err)
	}
	for _, text := range p.Warnings() {
		_, _ = fmt.Fprintf(warnings, "kojiwatch: warning: %s\n", cliutil.Visible(text))
	}
	opts := kojirpc.OptionsFromProfile(p)
	opts.UserAgent = userAgent()
	opts.Batching.Off = true // one call has nobody to travel with
	if !o.Login {
		return opts, kojirpc.Credentials{}, nil
	}
	cred, ok, err := kojirpc.CredentialsFromProfile(p)
	if err == nil && !ok {
		err = fmt.Errorf("profile %s says not to log in (authtype = noauth)", p.Name)
	}
	return opts, cred, err
}

func userAgent() string { return "kojiwatch/" + cliutil.Release() }

// WithConfigured is withHub, or the same with the hub of a configuration.
func WithConfigured(ctx context.Context, streams cliutil.Streams, file string, opts Options, do func(context.Context, kojirpc.API) error) (err error) {
	if file == "" {
		return With(ctx, streams, opts, do)
	}
	c, err := sinkbuild.LoadConfig(file)
	if err != nil {
		return err
	}
	if !c.Hub.Configured() {
		return c.Problem("hub", "names no hub to ask; set hub.profile or hub.server")
	}
	access, err := AccessOf(c)
	if err != nil {
		return err
	}
	link := &Hub{web: access.web}
	if err := link.Connect(c, access); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, Close(ctx, link.Client)) }()
	if opts.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opts.Timeout)
		defer cancel()
	}
	return do(ctx, link.API)
}
