package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
)

// HubOptions say which hub to call, and as whom.
type HubOptions struct {
	Profile    string // of Koji's client configuration; "" is its default
	ConfigFile string // in place of the user's own files
	URL        string // of the hub, in place of a profile
	Login      bool   // as the profile says; else anonymous
	Timeout    time.Duration
}

// withHub runs do with a hub's client, or with a session if a login is wanted.
func withHub(ctx context.Context, streams Streams, opts HubOptions, do func(context.Context, kojirpc.API) error) (err error) {
	clientOpts, cred, err := opts.resolve(streams.Err)
	if err != nil {
		return err
	}
	client, err := kojirpc.New(clientOpts)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeHub(ctx, client)) }()
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

func closeHub(ctx context.Context, client *kojirpc.Client) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeGrace)
	defer cancel()
	return client.Close(ctx)
}

// resolve finds the hub and the credentials.
func (o *HubOptions) resolve(warnings io.Writer) (kojirpc.Options, kojirpc.Credentials, error) {
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
		_, _ = fmt.Fprintf(warnings, "kojiwatch: warning: %s\n", visible(text))
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

func userAgent() string { return "kojiwatch/" + release() }

// withHubOf is withHub, or the same with the hub of a configuration.
func withHubOf(ctx context.Context, streams Streams, file string, opts HubOptions, do func(context.Context, kojirpc.API) error) (err error) {
	if file == "" {
		return withHub(ctx, streams, opts, do)
	}
	c, err := LoadConfig(file)
	if err != nil {
		return err
	}
	if !c.Hub.Configured() {
		return c.Problem("hub", "names no hub to ask; set hub.profile or hub.server")
	}
	access, err := accessOf(c)
	if err != nil {
		return err
	}
	link := &hubLink{web: access.web}
	if err := link.connect(c, access); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeHub(ctx, link.client)) }()
	if opts.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, opts.Timeout)
		defer cancel()
	}
	return do(ctx, link.api)
}
