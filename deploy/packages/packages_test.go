package packages

import (
	"os"
	"testing"

	"github.com/kojiwatch/kojiwatch/config"
)

// TestConfigurationDoesNoHarm checks that the packages' configuration works unchanged and
// leaves nothing behind on a broker.
func TestConfigurationDoesNoHarm(t *testing.T) {
	const path = "kojiwatch.yaml"
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The service manager sets only these variables.
	c, err := config.Parse(path, text, func(name string) (string, bool) {
		return "/var/lib/kojiwatch", name == "STATE_DIRECTORY" || name == "CACHE_DIRECTORY"
	})
	if err != nil {
		t.Fatal(err)
	}
	for i := range c.Sinks {
		if q := c.Sinks[i].Queue; !q.Exclusive || q.Durable {
			t.Errorf("the queue of the sink %s stays on the broker", c.Sinks[i].Name)
		}
	}
}
