package config

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/config/values"
)

func TestCredentials(t *testing.T) {
	tests := map[string]struct {
		broker         Broker
		url            string
		user, password string
	}{
		"nothing said":         {Broker{}, "amqp://localhost", "guest", "guest"},
		"in the URL":           {Broker{}, "amqp://k:pw@localhost", "k", "pw"},
		"in the keys":          {Broker{Username: "k", Password: values.NewSecret("pw")}, "amqp://localhost", "k", "pw"},
		"keys beat the URL":    {Broker{Username: "k", Password: values.NewSecret("pw")}, "amqp://x:y@localhost", "k", "pw"},
		"password in a key":    {Broker{Password: values.NewSecret("pw")}, "amqp://k:y@localhost", "k", "pw"},
		"empty password":       {Broker{Password: values.NewSecret("")}, "amqp://k:y@localhost", "k", ""},
		"empty one in the URL": {Broker{}, "amqp://fedora:@localhost", "fedora", ""},
		"external":             {Broker{Auth: AuthExternal}, "amqps://fedora:@localhost", "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			u, err := values.ParseBrokerURL(test.url)
			if err != nil {
				t.Fatal(err)
			}
			user, password, err := test.broker.Credentials(u)
			if err != nil || user != test.user || password != test.password {
				t.Errorf("got %q, %q, %v; want %q, %q", user, password, err, test.user, test.password)
			}
		})
	}
	broken := Broker{Username: "k", Password: values.SecretFile("broker.password_file", "/nowhere/password")}
	if _, _, err := broken.Credentials(values.BrokerURL{}); err == nil || !strings.Contains(err.Error(), "/nowhere/password") {
		t.Errorf("with a missing file got %v", err)
	}
}

// TestConfigHidesSecrets prints a whole configuration.
func TestConfigHidesSecrets(t *testing.T) {
	address, err := values.ParseBrokerURL("amqp://k:" + marker + "@localhost/koji")
	if err != nil {
		t.Fatal(err)
	}
	c := Default()
	c.Broker.Password, c.Broker.URL, c.Broker.URLs = values.NewSecret(marker), address, []values.BrokerURL{address}
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{string(text), fmt.Sprint(c), fmt.Sprintf("%+v", c), fmt.Sprintf("%#v", *c)} {
		if strings.Contains(printed, marker) {
			t.Errorf("tells the password: %s", printed)
		}
	}
}
