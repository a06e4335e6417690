package app

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
	"github.com/kojiwatch/kojiwatch/internal/hint"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/profile"
	"github.com/kojiwatch/kojiwatch/namecache"
)

// hubLink is what all sinks of a process share of the Koji hub.
type hubLink struct {
	web    koji.Web
	client *kojirpc.Client // nil: no hub is configured, and there is no more
	api    kojirpc.API     // the client's, or that of its session
	names  *namecache.Cache
	// enricher asks the hub and the cache, if there are any.
	enricher *enrich.Enricher
}

// openHub makes a client of the configured hub, the cache of its names and the
// enricher that asks both and durations, which may be nil, and registers their metrics.
// It does not call the hub.
// Mistakes in the configuration that only show here, such as a profile that does
// not exist, are a [*config.Error].
func openHub(ctx context.Context, c *config.Config, durations enrich.Estimates, log zerolog.Logger, to prometheus.Registerer) (*hubLink, error) {
	access, err := accessOf(c)
	if err != nil {
		return nil, err
	}
	for _, text := range access.warnings {
		log.Warn().Str("profile", c.Hub.Profile).Msg(text)
	}
	link := &hubLink{web: access.web}
	if !c.Hub.Configured() {
		link.enricher = enrich.New(enrich.Options{Web: access.web, Estimates: durations})
		return link, nil
	}
	access.options.Notify = hubNotices(log)
	access.options.Observe = metrics.NewHubRequests(to).Observe
	if err := link.connect(c, access); err != nil {
		return nil, err
	}
	if link.names, err = openNames(c, access, link.api, log); err != nil {
		return nil, errors.Join(err, closeHub(ctx, link.client))
	}
	link.enricher = newEnricher(c, link, durations)
	to.MustRegister(
		metrics.Hub(link.client.Stats), metrics.Names(link.names.Stats), metrics.Enrichment(link.enricher.Stats),
	)
	return link, nil
}

// openCommandHub is openHub for a command that ends by itself: its log goes where
// the command's errors go, and nobody scrapes it.
func openCommandHub(ctx context.Context, streams Streams, c *config.Config, durations enrich.Estimates) (*hubLink, error) {
	logs, err := newLog(c.Log, streams.Err)
	if err != nil {
		return nil, err
	}
	return openHub(ctx, c, durations, logs.logger, prometheus.NewRegistry())
}

// connect makes the client and, if wanted, its session.
func (l *hubLink) connect(c *config.Config, access hubAccess) error {
	var err error
	if l.client, err = kojirpc.New(access.options); err != nil {
		return c.Problem(access.key, "%v", err)
	}
	l.api = l.client.API
	if !c.Hub.Login {
		return nil
	}
	session, err := l.client.Session(access.credentials)
	if err != nil {
		return c.Problem(access.key, "%v", err)
	}
	l.api = session.API
	return nil
}

// close ends what openHub began: first who asks, last who answers.
func (l *hubLink) close(ctx context.Context) error {
	if l.client == nil {
		return nil
	}
	l.enricher.Close()
	l.names.Close()
	return closeHub(ctx, l.client)
}

// gathering is how long a question to the hub waits for others to travel with.
// Events that need to ask wait for the hub anyway, and the hub gets a fraction of
// the requests.
const gathering = 10 * time.Millisecond

// hubAccess is how the configured hub is reached.
type hubAccess struct {
	web         koji.Web
	options     kojirpc.Options
	credentials kojirpc.Credentials
	name        string   // of the hub's folder in the cache
	key         string   // that names the hub in the configuration
	warnings    []string // about the profile
}

// accessOf reads the profile, if one is named. Without a hub there is only the
// address of kojiweb.
func accessOf(c *config.Config) (hubAccess, error) {
	a := hubAccess{key: "hub.server"}
	a.options.Server = c.Hub.Server
	// Whoever names a hub by URL logs in with the ticket that kinit got.
	a.credentials.Negotiator = &kojirpc.Kerberos{}
	if c.Hub.Profile != "" {
		if err := a.readProfile(c); err != nil {
			return a, err
		}
	} else if c.Hub.Server != "" {
		a.name = hubName(c.Hub.Server)
	}
	o := &a.options
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
	if a.web, err = newWeb(o.WebURL); err != nil {
		return a, c.Problem("hub.weburl", "%v", err)
	}
	return a, nil
}

func (a *hubAccess) readProfile(c *config.Config) error {
	a.key, a.name = "hub.profile", c.Hub.Profile
	set, err := profile.Load(profile.Options{Config: c.Hub.KojiConfig})
	if err != nil {
		return c.Problem("hub.koji_config", "%v", err)
	}
	p, err := set.Profile(c.Hub.Profile)
	if err != nil {
		return c.Problem(a.key, "%v", err)
	}
	a.options = kojirpc.OptionsFromProfile(p)
	for _, text := range p.Warnings() {
		a.warnings = append(a.warnings, visible(text))
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

// openNames opens the cache of the hub's names.
func openNames(c *config.Config, a hubAccess, api kojirpc.API, log zerolog.Logger) (*namecache.Cache, error) {
	names, err := namecache.New(namecache.Options{
		Source:  nameSource{api},
		Dir:     namesDir(c),
		Profile: a.name,
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

// namesDir is the folder for names, "" if they are not to be kept there.
func namesDir(c *config.Config) string {
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
		return "hub " + visible(n.Method) + " is tried again"
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

// newWeb returns the kojiweb at an address, the zero Web for none.
func newWeb(address string) (koji.Web, error) {
	if address == "" {
		return koji.Web{}, nil
	}
	return koji.NewWeb(address)
}
