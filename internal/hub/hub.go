// Package hub opens the Koji hub that a configuration or a command line names: the
// client, the cache of names and the enricher that asks both.
package hub

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/firstcause"
	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/kerberos"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// Hub holds what all sinks of a process share of the Koji hub.
type Hub struct {
	Web    koji.Web        // the kojiweb that links lead to, if one is known
	Server string          // its URL, without user and password
	Client *kojirpc.Client // nil: no hub is configured, and there is no more
	API    kojirpc.API     // the client's, or that of its session
	Names  *namecache.Cache
	// Enricher asks the hub and the cache, if there are any.
	Enricher *enrich.Enricher
}

// Open makes a client of the configured hub, the cache of its names and the
// enricher that asks both and durations, which may be nil, and registers their metrics.
// It does not call the hub.
// Mistakes in the configuration that only show here, such as a profile that does
// not exist, are a [*config.Error].
func Open(ctx context.Context, c *config.Config, durations enrich.Estimates, log zerolog.Logger, to prometheus.Registerer) (*Hub, error) {
	access, err := AccessOf(c)
	if err != nil {
		return nil, err
	}
	for _, text := range access.Warnings {
		log.Warn().Str("profile", c.Hub.Profile).Msg(text)
	}
	if !c.Hub.Configured() {
		return &Hub{Web: access.web, Enricher: enrich.New(enrich.Options{Web: access.web, Estimates: durations})}, nil
	}
	access.Options.Notify = hubNotices(log)
	requests := metrics.NewHubRequests(to)
	access.Options.Observe = func(took time.Duration, err error) {
		requests.Observe(took, err)
		logRequest(log, took, err)
	}
	hub, err := Connect(access)
	if err != nil {
		return nil, err
	}
	if hub.Names, err = OpenNames(c, access, hub.API, log); err != nil {
		return nil, errors.Join(err, Close(ctx, hub.Client))
	}
	hub.Enricher = NewEnricher(c, hub, durations, metrics.NewFirstCauses(to, firstcause.Kinds()...))
	to.MustRegister(
		metrics.Hub(hub.Client.Stats), metrics.Names(hub.Names.Stats), metrics.Enrichment(hub.Enricher.Stats),
	)
	return hub, nil
}

// OpenForCommand is Open for a command that ends by itself: its log goes where
// the command's errors go, and nobody scrapes it.
func OpenForCommand(ctx context.Context, streams cliutil.Streams, c *config.Config, durations enrich.Estimates) (*Hub, error) {
	logs, err := cliutil.NewLog(c.Log, streams.Err)
	if err != nil {
		return nil, err
	}
	return Open(ctx, c, durations, logs.Logger, prometheus.NewRegistry())
}

// Connect makes the client and, if wanted, its session. It does not call the hub.
func Connect(access Access) (*Hub, error) {
	client, err := kojirpc.New(access.Options)
	if err != nil {
		return nil, access.wrap(err)
	}
	hub := &Hub{Web: access.web, Server: bare(access.Options.Server), Client: client, API: client.API}
	if !access.login {
		return hub, nil
	}
	session, err := client.Session(access.credentials)
	if err != nil {
		return nil, access.wrap(err)
	}
	hub.API = session.API
	return hub, nil
}

// Close ends what Open began: first who asks, last who answers.
func (h *Hub) Close(ctx context.Context) error {
	if h.Client == nil {
		return nil
	}
	h.Enricher.Close()
	h.Names.Close()
	return Close(ctx, h.Client)
}

// gathering is how long a call of the hub waits for others to be batched with.
// Events that need to ask wait for the hub anyway, and the hub gets a fraction of
// the requests.
const gathering = 10 * time.Millisecond

// Access describes how to reach a hub.
type Access struct {
	web         koji.Web
	Options     kojirpc.Options
	login       bool
	credentials kojirpc.Credentials
	Name        string   // of the hub's folder in the cache
	Warnings    []string // about the profile

	key    string         // that names the hub in the configuration
	config *config.Config // nil: the hub is not one of a configuration
}

// wrap says where in the configuration the mistake is.
func (a *Access) wrap(err error) error {
	if a.config == nil {
		return err
	}
	return a.config.Problem(a.key, "%v", err)
}

// bare returns a URL without user, password and query.
func bare(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return ""
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// useURL takes a hub that is named by its URL.
func (a *Access) useURL(server string) {
	a.Options.Server = server
	// Whoever names a hub by URL logs in with the ticket that kinit got.
	a.credentials.Negotiator = &kerberos.Client{}
}

// AccessOf reads the profile, if one is named. Without a hub there is only the
// address of kojiweb.
func AccessOf(c *config.Config) (Access, error) {
	a := Access{key: "hub.server", config: c, login: c.Hub.Login}
	if c.Hub.Profile != "" {
		a.key, a.Name = "hub.profile", c.Hub.Profile
		if key, err := a.readProfile(c.Hub.KojiConfig, c.Hub.Profile, c.Hub.Login); err != nil {
			return a, c.Problem(key, "%v", err)
		}
	} else if a.useURL(c.Hub.Server); c.Hub.Server != "" {
		a.Name = hubName(c.Hub.Server)
	}
	o := &a.Options
	if c.Hub.CAFile != "" {
		a.key = "hub.ca_file" // of what can be wrong, what is left
		o.TLS = kojirpc.TLS{ServerCA: c.Hub.CAFile}
	}
	if c.Hub.WebURL != "" {
		o.WebURL = c.Hub.WebURL
	}
	o.UserAgent, o.Timeout, o.MaxInFlight = userAgent(), c.Hub.Timeout, c.Hub.MaxInFlight
	o.Batching.Window = gathering
	var err error
	if a.web, err = NewWeb(o.WebURL); err != nil {
		return a, c.Problem("hub.weburl", "%v", err)
	}
	return a, nil
}

// readProfile reads a profile of Koji's client configuration. An error comes with the key
// of the kojiwatch configuration that it is about.
func (a *Access) readProfile(file, name string, login bool) (key string, err error) {
	set, err := profile.Load(profile.Options{Config: file})
	if err != nil {
		return "hub.koji_config", err
	}
	p, err := set.Profile(name)
	if err != nil {
		return "hub.profile", err
	}
	a.Options = kojirpc.OptionsFromProfile(p)
	for _, text := range p.Warnings() {
		a.Warnings = append(a.Warnings, cliutil.Visible(text))
	}
	if !login {
		return "", nil
	}
	cred, ok, err := kojirpc.CredentialsFromProfile(p)
	if err == nil && !ok {
		err = fmt.Errorf("profile %s says not to log in (authtype = noauth)", p.Name)
	}
	a.credentials = cred
	return "hub.login", err
}

// hubName names a hub by its URL, which is all there is to tell it by: by its host
// alone where the path is the usual one.
func hubName(server string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server // the configuration has been checked
	}
	if p := strings.Trim(u.Path, "/"); p != "" && p != "kojihub" {
		return u.Host + "/" + p
	}
	return u.Host
}

// OpenNames opens the cache of the hub's names.
func OpenNames(c *config.Config, a Access, api kojirpc.API, log zerolog.Logger) (*namecache.Cache, error) {
	names, err := namecache.New(namecache.Options{
		Source:  nameSource{api},
		Dir:     NamesDir(c),
		Profile: a.Name,
		Size:    c.Cache.Size,
		// An answer too late for one event is there for the next.
		Timeout: 2 * c.Hub.Budget,
		Notify: func(err error) {
			if err != nil {
				hint.Log(log.Warn(), err).Msg("cannot write names to the disk; they stay in memory and are fetched again after a restart")
				return
			}
			log.Info().Msg("writing names to the disk again")
		},
	})
	if err != nil {
		return nil, c.Problem("hub", "%v", err)
	}
	return names, nil
}

// NamesDir is the folder for names, "" if they are not to be kept there.
func NamesDir(c *config.Config) string {
	if !c.Cache.Disk {
		return ""
	}
	return c.Cache.Dir
}

// hubNotices logs what happens with the hub: one line when it begins to fail and one
// when it no longer does.
func hubNotices(log zerolog.Logger) func(kojirpc.Notice) {
	var down atomic.Bool // and it has been told
	return func(n kojirpc.Notice) {
		level := zerolog.DebugLevel
		switch n.Kind {
		case kojirpc.NoticeDown:
			if !down.Swap(true) {
				level = zerolog.WarnLevel
			}
		case kojirpc.NoticeUp:
			down.Store(false)
			level = zerolog.InfoLevel
		case kojirpc.NoticeLogin:
			level = zerolog.InfoLevel
		case kojirpc.NoticeLoginFailed, kojirpc.NoticeOldTLS:
			level = zerolog.WarnLevel
		}
		entry := log.WithLevel(level)
		if n.Wait > 0 {
			entry = entry.Str("wait", fmt.Sprint(n.Wait))
		}
		entry = hint.Log(entry, n.Err)
		if _, ok := errors.AsType[*kojirpc.HTTPError](n.Err); ok && n.Kind == kojirpc.NoticeDown {
			entry = entry.Str("remedy", "check the log of the hub's web server")
		}
		entry.Msg(noticeText(n))
	}
}

// noticeText describes a notice.
func noticeText(n kojirpc.Notice) string {
	switch n.Kind {
	case kojirpc.NoticeRetry:
		return "retrying hub call " + cliutil.Visible(n.Method)
	case kojirpc.NoticeDown:
		return "the hub is failing; not calling it for a while"
	case kojirpc.NoticeUp:
		return "the hub answers again"
	case kojirpc.NoticeLogin:
		return "logged in to the hub"
	case kojirpc.NoticeRenewed:
		return "renewed the session with the hub"
	case kojirpc.NoticeLoginFailed:
		return "cannot log in to the hub"
	case kojirpc.NoticeOldTLS:
		return "the hub's web server asks for the certificate after the handshake; using TLS 1.2"
	}
	return "hub: " + string(n.Kind)
}

// NewWeb returns the kojiweb at an address, the zero Web for none.
func NewWeb(address string) (koji.Web, error) {
	if address == "" {
		return koji.Web{}, nil
	}
	return koji.NewWeb(address)
}
