package config

import (
	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// PasswordVariable is the environment variable with the broker's password, if there is no
// configuration file. There is no flag for it, since every user of a machine can read
// command lines.
const PasswordVariable = "KOJIWATCH_PASSWORD"

// Flags holds the command line flags that replace a file. An empty field means the default
// of its key.
type Flags struct {
	Preset       string   // --preset: what is known of a public broker
	Broker       string   // --broker: the broker's URL, better without a password
	PasswordFile string   // --password-file
	Auth         string   // --auth
	CAFile       string   // --ca-file
	CertFile     string   // --cert-file
	KeyFile      string   // --key-file
	Topics       []string // --topics
	Exchange     string   // --exchange
	Format       string   // --format
	Color        string   // --color
	Raw          bool     // --raw
	Hub          HubFlags
	Admin        string // --admin
	// KeepQueue returns the name of a queue that outlives the connection, given the folder
	// for state. If it is nil, the queue is deleted with the connection.
	KeepQueue func(stateDir string) (string, error)
}

// flagNames maps keys to their flags, for errors.
func flagNames() map[string]string {
	return map[string]string{
		"preset": "--preset", "broker.url": "--broker", "broker.username": "a user in --broker", "broker.auth": "--auth",
		"broker.password": PasswordVariable, "broker.password_file": "--password-file",
		"broker.tls.ca_file": "--ca-file", "broker.tls.cert_file": "--cert-file", "broker.tls.key_file": "--key-file",
		"sinks[0].topics": "--topics", "sinks[0].exchange": "--exchange",
		"sinks[0].format": "--format", "sinks[0].color": "--color",
		"hub.profile": "--profile", "hub.server": "--hub", "hub.koji_config": "--koji-config", "hub.weburl": "--weburl",
		"admin.listen": "--admin",
	}
}

// FromFlags returns the configuration for watching a broker without a file: one stdout sink
// named terminal. Its queue is named by the broker and deleted with the connection, unless
// KeepQueue names one. The password comes from the password file, else from
// [PasswordVariable]. Env looks up environment variables, as [os.LookupEnv] does. The error
// is an [*Error] whose keys are the flags.
func FromFlags(flags Flags, env Env) (*Config, error) {
	r := schema.NewReport(flagNames())
	instance := flags.fill(r)
	if err := r.Err(); err != nil {
		return nil, err // nothing else is known then
	}
	for i := range flags.Topics {
		r.Rename(schema.Item("sinks[0].topics", i), "--topics")
	}
	c := Default()
	c.Instance = instance
	flags.setBroker(c, r, env)
	flags.Hub.set(&c.Hub)
	c.Admin.Listen = flags.Admin
	c.Sinks = []Sink{flags.sink()}
	c.report = r.Sequel()
	c.derive(r, env)
	flags.keepQueue(c, r)
	c.check(r)
	if err := r.Err(); err != nil {
		return nil, err
	}
	return c, nil
}

// ExposesPassword reports whether the command line itself contains a password, which every
// user of the machine can read. RabbitMQ's default password does not count.
func (f *Flags) ExposesPassword() bool {
	address, err := values.ParseBrokerURL(f.Broker)
	if err != nil {
		return false
	}
	password, _ := address.RevealPassword()
	return password != "" && password != "guest"
}

func (f *Flags) setBroker(c *Config, r *schema.Report, env Env) {
	b := &c.Broker
	address, err := values.ParseBrokerURL(f.Broker)
	switch {
	case f.Broker == "":
		r.Add("broker.url", "is missing; write it like amqps://user@host:5671/vhost")
	case err != nil:
		r.Add("broker.url", "the value %v", err)
	}
	b.URL = address
	b.TLS.CAFile, b.TLS.CertFile, b.TLS.KeyFile = f.CAFile, f.CertFile, f.KeyFile
	if f.Auth != "" {
		b.Auth = AuthMechanism(f.Auth)
	}
	if f.PasswordFile != "" {
		b.Password = values.SecretFile("--password-file", f.PasswordFile)
	} else if text, found := env(PasswordVariable); found && b.Auth == AuthPlain {
		b.Password = values.NewSecret(text)
	}
}

func (f *Flags) sink() Sink {
	sink := NewSink("terminal", SinkStdout)
	sink.Queue.Exclusive, sink.Queue.AutoDelete, sink.Queue.Name = true, true, ""
	sink.Raw, sink.Stdout.Format = f.Raw, stdout.FormatText
	if len(f.Topics) > 0 {
		sink.Topics = f.Topics
	}
	if f.Exchange != "" {
		sink.Exchange = f.Exchange
	}
	if f.Format != "" {
		sink.Stdout.Format = stdout.Format(f.Format)
	}
	if f.Color != "" {
		sink.Stdout.Color = stdout.Color(f.Color)
	}
	return sink
}
