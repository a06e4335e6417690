package rabbit

import (
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/kojiwatch/kojiwatch/integration/rig/port"
)

// serverScripts is the folder of the scripts that run as any user. The scripts in the PATH
// of Debian and Fedora require root or the user rabbitmq.
const serverScripts = "/usr/lib/rabbitmq/bin"

// layout has the folder of a private server and the addresses on which it listens.
type layout struct {
	dir, node, user, password     string
	amqp, admin, dist, epmd, ctl  int // ports
	serverPath, ctlPath, epmdPath string
}

func newLayout(dir string) (*layout, error) {
	l := &layout{dir: dir, user: "rig", password: rand.Text()}
	if err := l.findPrograms(); err != nil {
		return nil, err
	}
	if err := l.choosePorts(); err != nil {
		return nil, err
	}
	return l, nil
}

// Installed returns an error if this machine lacks something for a private server.
func Installed() error { return new(layout).findPrograms() }

func (l *layout) findPrograms() error {
	for name, path := range map[string]*string{
		"rabbitmq-server": &l.serverPath, "rabbitmqctl": &l.ctlPath, "epmd": &l.epmdPath,
	} {
		found, err := exec.LookPath(filepath.Join(serverScripts, name))
		if err != nil {
			found, err = exec.LookPath(name)
		}
		if err != nil {
			return fmt.Errorf("%s is not installed (Debian: apt-get install rabbitmq-server): %w", name, err)
		}
		*path = found
	}
	return nil
}

func (l *layout) choosePorts() error {
	ports, err := port.Free(5)
	if err != nil {
		return err
	}
	l.amqp, l.admin, l.dist, l.epmd, l.ctl = ports[0], ports[1], ports[2], ports[3], ports[4]
	l.node = fmt.Sprintf("rig%d-%d@localhost", os.Getpid(), l.amqp)
	return nil
}

func (l *layout) path(name string) string { return filepath.Join(l.dir, name) }

// logFile is the file for the server's standard output and error.
func (l *layout) logFile() string { return l.path("server.log") }

func (l *layout) url() string {
	return fmt.Sprintf("amqp://%s:%s@%s/", l.user, l.password, port.Loopback(l.amqp))
}

func (l *layout) adminURL() string {
	return fmt.Sprintf("http://%s:%s@%s", l.user, l.password, port.Loopback(l.admin))
}

// write writes the server's configuration.
func (l *layout) write(o options) error {
	for _, name := range []string{"home", "conf.d"} {
		if err := os.MkdirAll(l.path(name), 0o700); err != nil {
			return fmt.Errorf("lay out rabbitmq-server: %w", err)
		}
	}
	lines := append([]string{
		"listeners.tcp.1 = " + port.Loopback(l.amqp),
		"management.tcp.ip = 127.0.0.1",
		fmt.Sprintf("management.tcp.port = %d", l.admin),
	}, o.lines(l.user, l.password, "127.0.0.1")...)
	for name, text := range map[string]string{
		"rabbitmq.conf": strings.Join(lines, "\n") + "\n",
		"plugins":       o.enabledPlugins(),
		// The node's name contains the host name, which not every machine can resolve.
		"inetrc": `{host, {127,0,0,1}, ["localhost"]}.` + "\n{lookup, [file, native]}.\n",
	} {
		if err := os.WriteFile(l.path(name), []byte(text), 0o600); err != nil {
			return fmt.Errorf("lay out rabbitmq-server: %w", err)
		}
	}
	return nil
}

// environ returns the whole environment of the server's programs, without system-wide
// configuration and the caller's RABBITMQ_ variables.
func (l *layout) environ() []string {
	return []string{
		"PATH=" + os.Getenv("PATH"), "LANG=C.UTF-8", "TMPDIR=" + l.dir,
		"HOME=" + l.path("home"), // for the Erlang cookie
		"ERL_INETRC=" + l.path("inetrc"),
		"ERL_EPMD_ADDRESS=127.0.0.1", fmt.Sprintf("ERL_EPMD_PORT=%d", l.epmd),
		"ERL_CRASH_DUMP_SECONDS=0", // writing a dump takes long
		"RABBITMQ_NODENAME=" + l.node,
		fmt.Sprintf("RABBITMQ_DIST_PORT=%d", l.dist),
		fmt.Sprintf("RABBITMQ_CTL_DIST_PORT_MIN=%d", l.ctl),
		fmt.Sprintf("RABBITMQ_CTL_DIST_PORT_MAX=%d", l.ctl),
		"RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
		"RABBITMQ_CTL_ERL_ARGS=-start_epmd false -kernel inet_dist_use_interface {127,0,0,1}",
		"RABBITMQ_CONF_ENV_FILE=" + l.path("no-env.conf"),
		"RABBITMQ_CONFIG_FILE=" + l.path("rabbitmq"),
		"RABBITMQ_CONFIG_FILES=" + l.path("conf.d"),
		"RABBITMQ_ADVANCED_CONFIG_FILE=" + l.path("advanced.config"),
		"RABBITMQ_GENERATED_CONFIG_DIR=" + l.path("config"),
		"RABBITMQ_SCHEMA_DIR=" + l.path("schema"),
		"RABBITMQ_ENABLED_PLUGINS_FILE=" + l.path("plugins"),
		"RABBITMQ_PLUGINS_EXPAND_DIR=" + l.path("plugins-expand"),
		"RABBITMQ_MNESIA_BASE=" + l.path("data"),
		"RABBITMQ_LOG_BASE=" + l.path("log"),
		"RABBITMQ_PID_FILE=" + l.path("pid"),
		// This makes the script exec the server instead of staying its parent, so
		// the started process is the one to watch and to signal.
		"RUNNING_UNDER_SYSTEMD=true",
	}
}
