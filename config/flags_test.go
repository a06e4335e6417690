package config

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

func TestFromFlags(t *testing.T) {
	c, err := FromFlags(Flags{Broker: "amqps://k@localhost/koji", Topics: []string{"koji.task.#"}, Exchange: "x", Format: "json", CAFile: "ca.pem", Hub: HubFlags{WebURL: "https://koji.example.com/koji"}, Raw: true}, func(name string) (string, bool) {
		value, found := map[string]string{"HOME": "/h", PasswordVariable: "secret"}[name]
		return value, found
	})
	if err != nil {
		t.Fatal(err)
	}
	want := Sink{
		Name: "terminal", Type: SinkStdout, Topics: []string{"koji.task.#"}, Exchange: "x", Prefetch: 500, DeadLetters: DeadLettersFile, Raw: true,
		Queue:  Queue{Type: QueueClassic, Exclusive: true, AutoDelete: true, Declare: DeclareActive},
		Filter: Filter{Dedup: Dedup{Count: 10_000}},
		Retry:  Retry{DownAfter: 10, HoldLimit: 15 * time.Minute},
		Stdout: &stdout.Config{Format: stdout.FormatJSON, Color: stdout.ColorAuto},
	}
	if len(c.Sinks) != 1 || !reflect.DeepEqual(c.Sinks[0], want) {
		t.Errorf("got %+v\nwant %+v", c.Sinks, want)
	}
	if user, password, err := c.Broker.Credentials(c.Broker.URL); user != "k" || password != "secret" || err != nil {
		t.Errorf("logs in with %q, %q, %v", user, password, err)
	}
	if c.StateDir != "/h/.local/state/kojiwatch" || c.Broker.TLS.CAFile != "ca.pem" || c.Hub.WebURL == "" {
		t.Errorf("got %+v", c)
	}
	if err := c.Validate(); err != nil {
		t.Error(err)
	}
}

// Without KeepQueue the queue is deleted with the connection, whatever the flags.
func TestFromFlagsDefaults(t *testing.T) {
	for name, flags := range map[string]Flags{
		"least":          {Broker: "amqp://localhost"},
		"guest":          {Broker: "amqp://guest:guest@localhost"},
		"empty password": {Broker: "amqps://fedora:@localhost"},
		"external":       {Broker: "amqps://fedora:@localhost", Auth: "external", CertFile: "c", KeyFile: "k"},
		"password file":  {Broker: "amqp://k@localhost", PasswordFile: "/p"},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := FromFlags(flags, testEnv)
			if err != nil {
				t.Fatal(err)
			}
			sink := c.Sinks[0]
			if q := sink.Queue; !q.Exclusive || !q.AutoDelete || q.Durable || q.SingleActiveConsumer || q.Name != "" || sink.DeadLetters != DeadLettersFile {
				t.Errorf("leaves something behind: %+v", sink)
			}
			if sink.Stdout.Format != stdout.FormatText || len(sink.Topics) != 2 {
				t.Errorf("got %+v", sink)
			}
		})
	}
}

func TestFromFlagsMistakes(t *testing.T) {
	tests := map[string]struct {
		flags Flags
		want  string
	}{
		"no broker":       {Flags{}, "--broker: is missing; write it like amqps://user@host:5671/vhost"},
		"no URL":          {Flags{Broker: "localhost"}, "--broker: the value is not a broker URL; it must begin with amqp:// or amqps://"},
		"no password":     {Flags{Broker: "amqp://k@localhost"}, "--broker: there is a user but no password; set KOJIWATCH_PASSWORD or --password-file"},
		"password, alone": {Flags{Broker: "amqp://localhost", PasswordFile: "/p"}, "--password-file: there is a password but no user; set a user in --broker"},
		"auth":            {Flags{Broker: "amqp://localhost", Auth: "kerberos"}, `--auth: "kerberos" is not possible here; it must be plain or external`},
		"certificate":     {Flags{Broker: "amqps://localhost", CertFile: "c"}, "--cert-file: needs its key; set --key-file too"},
		"topic":           {Flags{Broker: "amqp://localhost", Topics: []string{"a.b*"}}, `--topics: "a.b*" can match nothing: * and # stand for whole words, between dots`},
		"format":          {Flags{Broker: "amqp://localhost", Format: "xml"}, `--format: "xml" is not possible here; it must be json or text`},
		"color of json":   {Flags{Broker: "amqp://localhost", Format: "json", Color: "always"}, "--color: is for format text only"},
		"weburl":          {Flags{Broker: "amqp://localhost", Hub: HubFlags{WebURL: "koji"}}, `--weburl: "koji" is not a web address; write it like https://koji.example.com/koji`},
		"all at once": {Flags{Broker: "http://k:hunter2@localhost", Format: "xml", Hub: HubFlags{WebURL: "x"}}, "--broker: the value is not a broker URL; it must begin with amqp:// or amqps://\n" +
			"--format: \"xml\" is not possible here; it must be json or text\n--weburl: \"x\" is not a web address; write it like https://koji.example.com/koji"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c, err := FromFlags(test.flags, testEnv)
			if c != nil || err == nil || err.Error() != test.want {
				t.Errorf("got %v, %v; want %s", c, err, test.want)
			}
			if err != nil && strings.Contains(err.Error(), marker) {
				t.Errorf("the error tells the password: %v", err)
			}
		})
	}
}

func TestExposesPassword(t *testing.T) {
	tests := map[string]bool{
		"amqp://localhost":             false,
		"amqp://guest:guest@localhost": false,
		"amqp://fedora:@localhost":     false,
		"amqp://k:hunter2@localhost":   true,
		"not a URL":                    false,
	}
	for broker, want := range tests {
		if got := (&Flags{Broker: broker}).ExposesPassword(); got != want {
			t.Errorf("%s: %v", broker, got)
		}
	}
}
