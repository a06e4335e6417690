package quadlet_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestUnit compares the unit with the image that it starts, and with the service of the
// packages.
func TestUnit(t *testing.T) {
	unit, image, service := read(t, "kojiwatch.container"), read(t, "../../Dockerfile"), read(t, "../systemd/kojiwatch.service")
	var mounted []string
	for _, v := range values(unit, "Volume") {
		mounted = append(mounted, strings.Split(v, ":")[1])
	}
	for _, what := range []string{`STATE_DIRECTORY=(\S+)`, `CACHE_DIRECTORY=(\S+)`, `"--config", "(\S+)/[^/]+"`} {
		m := regexp.MustCompile(what).FindStringSubmatch(image)
		if m == nil || !slices.Contains(mounted, m[1]) {
			t.Errorf("%q, used by the image, is not among the volumes %q", m, mounted)
		}
	}
	port := regexp.MustCompile(`KOJIWATCH_ADMIN=127.0.0.1:(\d+)`).FindStringSubmatch(image)
	if got := values(unit, "PublishPort"); port == nil || !slices.Equal(got, []string{"127.0.0.1:" + port[1] + ":" + port[1]}) {
		t.Errorf("the unit publishes %q, want the admin listener's port %q on 127.0.0.1", got, port)
	}
	for _, key := range []string{"Restart", "RestartSec", "RestartPreventExitStatus", "TimeoutStopSec", "After", "WantedBy"} {
		if got, want := values(unit, key), values(service, key); len(got) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s is %q, want %q, as in the service", key, got, want)
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// values returns the values that a key has in a unit.
func values(unit, key string) []string {
	var all []string
	for line := range strings.Lines(unit) {
		if value, ok := strings.CutPrefix(line, key+"="); ok {
			all = append(all, strings.TrimSpace(value))
		}
	}
	return all
}
