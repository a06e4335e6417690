//go:build integration

package docs

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/rabbitmq/amqp091-go"

	"github.com/kojiwatch/kojiwatch/integration/rig"
	"github.com/kojiwatch/kojiwatch/integration/rig/rabbit"
	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// setPermissions matches the commands of docs/howto/rabbitmq-permissions.md.
var setPermissions = regexp.MustCompile(`^rabbitmqctl set_permissions -p / kojiwatch '(\S+)' '(\S+)' '(\S+)'$`)

// TestPermissions checks that the permissions on the page are enough for their kind of queue,
// including dead letters, and that none of the three patterns can be left out.
func TestPermissions(t *testing.T) {
	t.Parallel()
	kinds := []string{
		"{type: log}",
		"{type: log, dead_letters: file}",
		"{type: log, dead_letters: file, queue: {name: kojiwatch-journal, declare: none}}",
	}
	granted := pagePermissions(t)
	if len(granted) != len(kinds) {
		t.Fatalf("the page has %d commands, want %d", len(granted), len(kinds))
	}
	b := rig.PrivateBroker(t)
	for i, sink := range kinds {
		p := asUser{b, sink}
		p.enough(t, granted[i])
		for field := range granted[i] {
			fewer := granted[i]
			if fewer[field] == "^$" {
				continue
			}
			fewer[field] = "^$"
			p.notEnough(t, fewer)
		}
	}
}

// pagePermissions returns the three patterns of each command of the page.
func pagePermissions(t *testing.T) [][3]string {
	t.Helper()
	const page = "docs/howto/rabbitmq-permissions.md"
	var all [][3]string
	for _, f := range fencesOf(t, page, read(t, page)) {
		if f.language != "sh" {
			continue
		}
		for _, c := range f.commands() {
			m := setPermissions.FindStringSubmatch(c.text)
			if m == nil {
				t.Fatalf("%s:%d: %s does not match %s", c.page, c.line, c.text, setPermissions)
			}
			all = append(all, [3]string(m[1:]))
		}
	}
	return all
}

// asUser runs a daemon with one sink as a user with few permissions.
type asUser struct {
	broker *rig.Private
	sink   string
}

func (u asUser) start(t *testing.T, granted [3]string) *rig.Process {
	t.Helper()
	u.broker.AddUser(t, "kojiwatch", "s3cret", rabbit.Everything())
	_, err := u.broker.Ctl(t.Context(), "set_permissions", "-p", u.broker.Name(), "kojiwatch", granted[0], granted[1], granted[2])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "kojiwatch.yaml")
	text := fmt.Sprintf("broker: {url: %q}\nstate_dir: state\nsinks:\n  - {name: journal, %s\n",
		u.broker.URLAs("kojiwatch", "s3cret"), strings.TrimPrefix(u.sink, "{"))
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return rig.Daemon(t, "run", "--config", path)
}

// enough checks that the permissions are enough for a message to be routed to the queue,
// consumed, and published as a dead letter.
func (u asUser) enough(t *testing.T, granted [3]string) {
	t.Helper()
	d := u.start(t, granted)
	d.WaitStderr(t, patience, `"consuming"`)
	p, err := replay.Dial(u.broker.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	bad := replay.Message{Exchange: "amq.topic", RoutingKey: "koji.task.open", Publishing: amqp091.Publishing{Body: []byte("no JSON")}}
	if err := p.Publish(t.Context(), bad); err != nil {
		t.Fatal(err)
	}
	d.WaitStderr(t, patience, `"reason":"unparseable".*dead letter`)
	if err := d.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if code := d.WaitExit(t, patience); code != 0 {
		t.Errorf("%s, %q: exit code %d:\n%s", u.sink, granted, code, d.Stderr())
	}
}

func (u asUser) notEnough(t *testing.T, granted [3]string) {
	t.Helper()
	if code := u.start(t, granted).WaitExit(t, patience); code != 3 {
		t.Errorf("%s, %q: exit code %d, want 3", u.sink, granted, code)
	}
}
