package docs

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// elsewhere is a command that needs more than a process: a system with systemd, a package
// manager or a container engine. Another test does the same.
type elsewhere struct {
	command string // prefix of the command
	by      string // the file that does the same
	words   string // in that file
}

func commandsElsewhere() []elsewhere {
	const (
		deb      = "dev/packaging/deb-test"
		systemd  = "dev/packaging/systemd-test"
		stack    = "dev/stack-test"
		services = "docker-compose.yml"
	)
	return []elsewhere{
		{"git clone ", ".ci/run", "exec make test"}, // of a clone
		{"make test", ".ci/run", "exec make test"},
		{"make build", "dev/build-binary", "go build"}, // as the packages have it
		{"sudo apt install ./kojiwatch_", deb, "apt install /root/kojiwatch.deb"},
		{"sudo dnf install ./kojiwatch-", "dev/packaging/rpm-test", "rpm --install"},
		{"sudoedit /etc/kojiwatch/kojiwatch.yaml", deb, `cat >"$config"`},
		{"sudo systemctl enable --now kojiwatch", systemd, "systemctl enable --now kojiwatch"},
		{"sudo systemctl daemon-reload", systemd, "systemctl daemon-reload"},
		{"systemctl status kojiwatch", systemd, "systemctl show"},
		{"systemctl reload kojiwatch", systemd, "systemctl reload kojiwatch"},
		{"journalctl -u kojiwatch", systemd, "journalctl --unit kojiwatch"},
		{"docker compose up", stack, "stack up"},
		{"docker compose --profile observe up", stack, "stack up"},
		{"docker build -t kojiwatch ", "dev/stack-images", "docker build"},
		{"docker run --rm --read-only", services, "read_only: true"},
		{"go test -pgo=off -tags=integration -run TestDeadLetters ./integration", "integration/dead_test.go", "func TestDeadLetters("},
		{"go test -pgo=off -tags=integration -run TestCommands/docs/sinks ./integration/docs", "integration/docs/commands_test.go", "func TestCommands("},
		{"rabbitmqctl set_permissions -p / kojiwatch ", "integration/docs/permissions_test.go", "rabbitmq-permissions.md"},
		{"rabbitmq-plugins enable rabbitmq_consistent_hash_exchange", "integration/processes_test.go", "rabbitmq_consistent_hash_exchange"},
		{"rabbitmqctl import_definitions docs/howto/several-processes.json", "integration/processes_test.go", "docs/howto/several-processes.json"},
		{"rabbitmqctl list_consumers queue_name consumer_tag active", "integration/processes_test.go", `"list_consumers"`},
		// Other software: a collector, and a package of Fedora.
		{"docker run --rm -p 127.0.0.1:4318:4318", "integration/tracing_test.go", "collector"},
		{"sudo dnf install fedora-messaging", "integration/docs/furniture_test.go", "etc/fedora-messaging"},
	}
}

// heldElsewhere returns the entry that a command has in the list.
func (c command) heldElsewhere() (elsewhere, bool) {
	for _, e := range commandsElsewhere() {
		if strings.HasPrefix(c.text, e.command) {
			return e, true
		}
	}
	return elsewhere{}, false
}

// TestElsewhere checks that each command of the list is still on a page, and in the test that
// the list names.
func TestElsewhere(t *testing.T) {
	shown := map[string]bool{}
	for _, f := range fences(t) {
		if f.language != "sh" {
			continue
		}
		for _, c := range f.commands() {
			if e, ok := c.heldElsewhere(); ok {
				shown[e.command] = true
			}
		}
	}
	for _, e := range commandsElsewhere() {
		if !shown[e.command] {
			t.Errorf("no page has a command that starts with %q", e.command)
		}
		text, err := os.ReadFile(filepath.Join(root, e.by))
		if err != nil {
			t.Error(err)
		}
		if !strings.Contains(string(text), e.words) {
			t.Errorf("%s does not contain %q", e.by, e.words)
		}
	}
}
