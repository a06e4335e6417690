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
	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// Hub is what all sinks of a process share of the Koji hub.
type Hub struct {
	web    koji.Web
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
	link := &Hub{web: access.web}
	if !c.Hub.Configured() {
		link.Enricher = enrich.New(enrich.Options{Web: access.web, Estimates: durations})
		return link, nil
	}
	access.Options.Notify = hubNotices(log)
	access.Options.Observe = metrics.NewHubRequests(to).Observe
	if err := link.Connect(c, access); err != nil {
		return nil, err
	}
	if link.Names, err = OpenNames(c, access, link.API, log); err != nil {
		return nil, errors.Join(err, Close(ctx, link.Client))
	}
	link.Enricher = NewEnricher(c, link, durations)
	to.MustRegister(
		metrics.Hub(link.Client.Stats), metrics.Names(link.Names.Stats), metrics.Enrichment(link.Enricher.Stats),
	)
	return link, nil
}

// OpenForCommand is openHub for a command that ends by itself: its log goes where
// the command's errors go, and nobody scrapes it.
func OpenForCommand(ctx context.Context, streams cliutil.Streams, c *config.Config, durations enrich.Estimates) (*Hub, error) {
	logs, err := cliutil.NewLog(c.Log, streams.Err)
	if err != nil {
		return nil, err
	}
	return Open(ctx, c, durations, logs.Logger, prometheus.NewRegistry())
}

// Connect makes the client and, if wanted, its session.
func (l *Hub) Connect(c *config.Config, access Access) error {
	var err error
	if l.Client, err = kojirpc.New(access.Options); err != nil {
		return c.Problem(access.key, "%v", err)
	}
	l.API = l.Client.API
	if !c.Hub.Login {
		return nil
	}
	session, err := l.Client.Session(access.credentials)
	if err != nil {
		return c.Problem(access.key, "%v", err)
	}
	l.API = session.API
	return nil
}

// Close ends what openHub began: first who asks, last who answers.
func (l *Hub) Close(ctx context.Context) error {
	if l.Client == nil {
		return nil
	}
	l.Enricher.Close()
	l.Names.Close()
	return Close(ctx, l.Client)
}

// gathering is how long a question to the hub waits for others to travel with.
// Events that need to ask wait for the hub anyway, and the hub gets a fraction of
// the requests.
const gathering = 10 * time.Millisecond

// Access is how the configured hub is reached.
type Access struct {
	web         koji.Web
	Options     kojirpc.Options
	credentials kojirpc.Credentials
	Name        string   // of the hub's folder in the cache
	key         string   // that names the hub in the configuration
	Warnings    []string // about the profile
}

// AccessOf reads the profile, if one is named. Without a hub there is only the
// address of kojiweb.
func AccessOf(c *config.Config) (Access, error) {
	a := Access{key: "hub.server"}
	a.Options.Server = c.Hub.Server
	// Whoever names a hub by URL logs in with the ticket that kinit got.
	a.credentials.Negotiator = &kojirpc.Kerberos{}
	if c.Hub.Profile != "" {
		if err := a.readProfile(c); err != nil {
			return a, err
		}
	} else if c.Hub.Server != "" {
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

func (a *Access) readProfile(c *config.Config) error {
	a.key, a.Name = "hub.profile", c.Hub.Profile
	set, err := profile.Load(profile.Options{Config: c.Hub.KojiConfig})
	if err != nil {
		return c.Problem("hub.koji_config", "%v", err)
	}
	p, err := set.Profile(c.Hub.Profile)
	if err != nil {
		return c.Problem(a.key, "%v", err)
	}
	a.Options = kojirpc.OptionsFromProfile(p)
	for _, text := range p.Warnings() {
		a.Warnings = append(a.Warnings, cliutil.Visible(text))
	}
	if !c.Hub.Login {
		return nil
	}
	cred, ok, err := kojirpc.CredentialsFromProfile(p)
	if err == nil && !ok {
		err = errors.New("the profile says not to log in (authtype = noauth)")
	}
	if err != nil {
		return c.Problem("hub.login", "%v", err)
	}
	a.credentials = cred
	return nil
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
				hint.Log(log.Warn(), err).Msg("names cannot be kept on the disk; they are in memory and will be asked for again after a restart")
				return
			}
			log.Info().Msg("names are kept on the disk again")
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

// hubNotices logs what happens with the hub: one line when trouble begins and one
// when it ends.
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
			entry = entry.Str("remedy", "look into the log of the hub's web server")
		}
		entry.Msg(noticeText(n))
	}
}

// noticeText says in words what happened.
func noticeText(n kojirpc.Notice) string {
	switch n.Kind {
	case kojirpc.NoticeRetry:
		return "hub " + cliutil.Visible(n.Method) + " is tried again"
	case kojirpc.NoticeDown:
		return "the hub fails and is left alone for a while"
	case kojirpc.NoticeUp:
		return "the hub answers again"
	case kojirpc.NoticeLogin:
		return "logged in to the hub"
	case kojirpc.NoticeRenewed:
		return "the session with the hub was renewed"
	case kojirpc.NoticeLoginFailed:
		return "cannot log in to the hub"
	case kojirpc.NoticeOldTLS:
		return "the hub's web server asks for the certificate after the handshake: TLS 1.2 is used"
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
