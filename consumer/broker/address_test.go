package broker

import (
	"fmt"
	"strings"
	"testing"
)

func TestAddress(t *testing.T) {
	for _, c := range []struct {
		name    string
		address Address
		want    endpoint
		shown   string
	}{
		{"all defaults", Address{URL: "amqp://"}, endpoint{false, "localhost", "5672", "/", "guest", "guest"}, "amqp://localhost:5672/%2F"},
		{"all given", Address{URL: "amqps://u:p@h.example:1/v"}, endpoint{true, "h.example", "1", "v", "u", "p"}, "amqps://h.example:1/v"},
		{
			"Fedora's", Address{URL: "amqps://fedora:@rabbitmq.fedoraproject.org/%2Fpublic_pubsub"},
			endpoint{true, "rabbitmq.fedoraproject.org", "5671", "/public_pubsub", "fedora", ""}, "amqps://rabbitmq.fedoraproject.org:5671/%2Fpublic_pubsub",
		},
		{"IPv6", Address{URL: "amqp://[::1]/"}, endpoint{false, "::1", "5672", "/", "guest", "guest"}, "amqp://[::1]:5672/%2F"},
		{"encoded", Address{URL: "amqp://u%40x:p%2F%23@h/a%2Fb%40c"}, endpoint{false, "h", "5672", "a/b@c", "u@x", "p/#"}, "amqp://h:5672/a%2Fb@c"},
		{"secrets from elsewhere", Address{URL: "amqp://a:b@h", Username: "u", Password: "p"}, endpoint{false, "h", "5672", "/", "u", "p"}, "amqp://h:5672/%2F"},
		{"password from elsewhere", Address{URL: "amqp://a@h", Password: "p"}, endpoint{false, "h", "5672", "/", "a", "p"}, "amqp://h:5672/%2F"},
		{"user without password", Address{URL: "amqp://h", Username: "u"}, endpoint{false, "h", "5672", "/", "u", ""}, "amqp://h:5672/%2F"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.address.endpoint()
			if err != nil {
				t.Fatal(err)
			}
			if *got != c.want {
				t.Errorf("got %#v, should be %#v", *got, c.want)
			}
			for _, format := range []string{"%s", "%v", "%+v", "%#v", "%q"} {
				if shown := fmt.Sprintf(format, c.address); strings.Trim(shown, `"`) != c.shown {
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
		b := Address{URL: url}
		if _, err := b.endpoint(); err == nil {
			t.Errorf("%s is taken for %s", url, b)
		} else if strings.Contains(err.Error(), "cret") {
			t.Errorf("%s: %v", url, err)
		}
		if strings.Contains(fmt.Sprintf("%v %#v", b, b), "cret") {
			t.Errorf("%s is shown as %v, %#v", url, b, b)
		}
	}
}
