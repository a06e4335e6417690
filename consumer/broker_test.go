package consumer

import (
	"fmt"
	"strings"
	"testing"
)

func TestBrokerAddress(t *testing.T) {
	for _, c := range []struct {
		name   string
		broker Broker
		want   address
		shown  string
	}{
		{"all defaults", Broker{URL: "amqp://"}, address{false, "localhost", "5672", "/", "guest", "guest"}, "amqp://localhost:5672/%2F"},
		{"all given", Broker{URL: "amqps://u:p@h.example:1/v"}, address{true, "h.example", "1", "v", "u", "p"}, "amqps://h.example:1/v"},
		{
			"Fedora's", Broker{URL: "amqps://fedora:@rabbitmq.fedoraproject.org/%2Fpublic_pubsub"},
			address{true, "rabbitmq.fedoraproject.org", "5671", "/public_pubsub", "fedora", ""}, "amqps://rabbitmq.fedoraproject.org:5671/%2Fpublic_pubsub",
		},
		{"IPv6", Broker{URL: "amqp://[::1]/"}, address{false, "::1", "5672", "/", "guest", "guest"}, "amqp://[::1]:5672/%2F"},
		{"encoded", Broker{URL: "amqp://u%40x:p%2F%23@h/a%2Fb%40c"}, address{false, "h", "5672", "a/b@c", "u@x", "p/#"}, "amqp://h:5672/a%2Fb@c"},
		{"secrets from elsewhere", Broker{URL: "amqp://a:b@h", Username: "u", Password: "p"}, address{false, "h", "5672", "/", "u", "p"}, "amqp://h:5672/%2F"},
		{"password from elsewhere", Broker{URL: "amqp://a@h", Password: "p"}, address{false, "h", "5672", "/", "a", "p"}, "amqp://h:5672/%2F"},
		{"user without password", Broker{URL: "amqp://h", Username: "u"}, address{false, "h", "5672", "/", "u", ""}, "amqp://h:5672/%2F"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.broker.address()
			if err != nil {
				t.Fatal(err)
			}
			if *got != c.want {
				t.Errorf("got %#v, should be %#v", *got, c.want)
			}
			for _, format := range []string{"%s", "%v", "%+v", "%#v", "%q"} {
				if shown := fmt.Sprintf(format, c.broker); strings.Trim(shown, `"`) != c.shown {
					t.Errorf("%s shows %s, should be %s", format, shown, c.shown)
				}
			}
		})
	}
}

func TestNoBrokerURLShowsItsPassword(t *testing.T) {
	for _, url := range []string{
		"amqp://user:s3cret/x@h/", "amqp://user:12/s3cret@h/", "amqp://user:s3cret#x@h/", "amqp://user:12#s3cret@h/",
		"amqp://user:12?s3cret@h/", "amqp://user:s3cret%@h/", "amqp://user:s3cret@h:port/", "http://user:s3cret@h/",
		"amqp://user:s3cret@h/?heartbeat=1", "user:s3cret@h", "amqp://user:s3 cret@h", "amqp://user:s3cret@h/\x7f",
	} {
		b := Broker{URL: url}
		if _, err := b.address(); err == nil {
			t.Errorf("%s is taken for %s", url, b)
		} else if strings.Contains(err.Error(), "cret") {
			t.Errorf("%s: %v", url, err)
		}
		if strings.Contains(fmt.Sprintf("%v %#v", b, b), "cret") {
			t.Errorf("%s is shown as %v, %#v", url, b, b)
		}
	}
}
