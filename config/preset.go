package config

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/internal/suggest"
)

// Preset holds the settings for a public build system. Flags override them.
type Preset struct {
	Name   string // of the preset and of the instance
	Title  string // for people
	Hub    string // the URL of the hub
	WebURL string // the base of kojiweb's pages
	Topics []string
	// Broker is the URL of the message broker, "" if there is no public one; then there are
	// no Topics either.
	Broker                    string
	CAFile, CertFile, KeyFile string
}

// presets returns all presets.
//
// The broker's rules and the names of the files are those of the package
// fedora-messaging (fedora.toml); certificate and key are public, the same for
// everyone. The Koji of CentOS Stream publishes to the same broker, with the same plugin but
// other topics. Sources of the addresses:
//
//   - fedora: /etc/koji.conf of Fedora's package koji (server, weburl)
//   - centos, rpmfusion: hubURL in https://github.com/juhp/koji-tool (src/Common.hs)
//   - cbs, the Community Build Service of CentOS: https://docs.infra.centos.org/buildsys/koji-cbs/,
//     with the paths that its profile for clients has
//   - rocky: kojid_hub_url and kojid_web_url in https://github.com/rocky-linux/infrastructure
//     (ansible/playbooks/vars/production/kojid.yml)
func presets() []Preset {
	return []Preset{
		fedoraMessaging(Preset{
			Name: "fedora", Title: "Fedora", Hub: "https://koji.fedoraproject.org/kojihub", WebURL: "https://koji.fedoraproject.org/koji",
			Topics: []string{"org.fedoraproject.prod.buildsys.#"},
		}),
		fedoraMessaging(Preset{
			Name: "centos", Title: "CentOS Stream", Hub: "https://kojihub.stream.centos.org/kojihub", WebURL: "https://kojihub.stream.centos.org/koji",
			Topics: []string{"org.centos.prod.buildsys.#"},
		}),
		{Name: "cbs", Title: "CentOS SIGs", Hub: "https://cbs.centos.org/kojihub", WebURL: "https://cbs.centos.org/koji"},
		{Name: "rocky", Title: "Rocky Linux", Hub: "https://koji.rockylinux.org/kojihub", WebURL: "https://koji.rockylinux.org/koji"},
		{Name: "rpmfusion", Title: "RPM Fusion", Hub: "https://koji.rpmfusion.org/kojihub", WebURL: "https://koji.rpmfusion.org/koji"},
	}
}

// fedoraMessaging adds Fedora's broker to a preset.
func fedoraMessaging(p Preset) Preset {
	p.Broker = "amqps://rabbitmq.fedoraproject.org/%2Fpublic_pubsub"
	p.CAFile = "/etc/fedora-messaging/cacert.pem"
	p.CertFile = "/etc/fedora-messaging/fedora-cert.pem"
	p.KeyFile = "/etc/fedora-messaging/fedora-key.pem"
	return p
}

// Presets returns the names of all presets, for commands that ask a hub.
func Presets() []string { return presetNames(func(*Preset) bool { return true }) }

// BrokerPresets returns the names of the presets with a broker.
func BrokerPresets() []string { return presetNames(func(p *Preset) bool { return p.Broker != "" }) }

func presetNames(take func(*Preset) bool) (names []string) {
	for _, p := range presets() {
		if take(&p) {
			names = append(names, p.Name)
		}
	}
	return names
}

// PresetOf returns the preset of a name. The error lists the existing presets.
func PresetOf(name string) (Preset, error) { return presetAmong(Presets(), name) }

// BrokerPresetOf is PresetOf for presets that have a broker.
func BrokerPresetOf(name string) (Preset, error) { return presetAmong(BrokerPresets(), name) }

// PresetOfURL returns the preset whose kojiweb has a page at a URL.
func PresetOfURL(page string) (Preset, bool) {
	at, err := url.Parse(page)
	if err != nil {
		return Preset{}, false
	}
	for _, p := range presets() {
		web, err := url.Parse(p.WebURL)
		if err == nil && strings.EqualFold(at.Host, web.Host) && strings.HasPrefix(at.Path+"/", web.Path+"/") {
			return p, true
		}
	}
	return Preset{}, false
}

func presetAmong(names []string, name string) (Preset, error) {
	for _, p := range presets() {
		switch {
		case p.Name != name:
		case !slices.Contains(names, name):
			return p, fmt.Errorf("%s has a hub, but no broker for the public; there is one for %s", name, schema.Listed("and", names))
		default:
			return p, nil
		}
	}
	return Preset{}, fmt.Errorf("there is no preset %s%s; there are %s",
		schema.Quote(name), suggest.Meant(name, names), schema.Listed("and", names))
}

// fill sets flags that are not given from their preset. The hub is used only if it is named.
func (f *Flags) fill(r *schema.Report) (instance string) {
	if f.Preset == "" {
		return ""
	}
	p, err := BrokerPresetOf(f.Preset)
	if err != nil {
		r.Add("preset", "%v", err)
		return ""
	}
	f.Broker = cmp.Or(f.Broker, p.Broker)
	f.Auth = cmp.Or(f.Auth, string(AuthExternal))
	f.CAFile = cmp.Or(f.CAFile, p.CAFile)
	f.CertFile = cmp.Or(f.CertFile, p.CertFile)
	f.KeyFile = cmp.Or(f.KeyFile, p.KeyFile)
	if len(f.Topics) == 0 {
		f.Topics = p.Topics
	}
	if f.Hub == (HubFlags{}) {
		f.Hub.WebURL = p.WebURL
	}
	return p.Name
}

// keepQueue makes the sink's queue outlive the connection, if KeepQueue gives it a name.
// Public brokers do not allow publishing, so dead letters go to a file.
func (f *Flags) keepQueue(c *Config, r *schema.Report) {
	if f.KeepQueue == nil || c.StateDir == "" {
		return
	}
	name, err := f.KeepQueue(c.StateDir)
	if err != nil {
		r.Add("state_dir", "%v", err)
		return
	}
	s := &c.Sinks[0]
	s.Queue.Name, s.Queue.Exclusive, s.Queue.AutoDelete = name, false, false
	s.Queue.Durable, s.Queue.SingleActiveConsumer = true, true
	s.DeadLetters = DeadLettersFile
}
