package config

import (
	"cmp"

	"github.com/kojiwatch/kojiwatch/config/schema"
)

// preset holds what is known in advance of a public broker; flags override it.
type preset struct {
	instance, broker, auth    string
	caFile, certFile, keyFile string
	topics                    []string
	webURL                    string
}

// Presets returns the names of the presets that there are.
func Presets() []string { return []string{"fedora", "centos"} }

// presetOf returns the preset of a name.
//
// fedora: the broker's rules and the names of the files are those of the package
// fedora-messaging (fedora.toml); certificate and key are public, the same for
// everyone.
//
// centos: the Koji of CentOS Stream talks on the same broker, under topics of its own,
// with the same plugin.
func presetOf(name string) (preset, bool) {
	p := preset{
		instance: name,
		broker:   "amqps://rabbitmq.fedoraproject.org/%2Fpublic_pubsub",
		auth:     string(AuthExternal),
		caFile:   "/etc/fedora-messaging/cacert.pem",
		certFile: "/etc/fedora-messaging/fedora-cert.pem",
		keyFile:  "/etc/fedora-messaging/fedora-key.pem",
	}
	switch name {
	case "fedora":
		p.topics = []string{"org.fedoraproject.prod.buildsys.#"}
		p.webURL = "https://koji.fedoraproject.org/koji"
	case "centos":
		p.topics = []string{"org.centos.prod.buildsys.#"}
		p.webURL = "https://kojihub.stream.centos.org/koji"
	default:
		return preset{}, false
	}
	return p, true
}

// fill gives the flags that say nothing what their preset says.
func (f *Flags) fill(r *schema.Report) (instance string) {
	if f.Preset == "" {
		return ""
	}
	p, known := presetOf(f.Preset)
	if !known {
		r.Add("preset", "there is no preset %s; there are fedora and centos", schema.Quote(f.Preset))
		return ""
	}
	f.Broker = cmp.Or(f.Broker, p.broker)
	f.Auth = cmp.Or(f.Auth, p.auth)
	f.CAFile = cmp.Or(f.CAFile, p.caFile)
	f.CertFile = cmp.Or(f.CertFile, p.certFile)
	f.KeyFile = cmp.Or(f.KeyFile, p.keyFile)
	if len(f.Topics) == 0 {
		f.Topics = p.topics
	}
	if f.Hub == (HubFlags{}) {
		f.Hub.WebURL = p.webURL
	}
	return p.instance
}

// keepQueue makes the sink's queue one that outlives the connection, if there is
// a name for it. Public brokers let nobody publish, so dead letters go to a file.
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
