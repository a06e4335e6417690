package rabbit

import (
	"fmt"
	"strings"
)

type options struct {
	config, plugins []string
	files           []string
	listeners       map[string]int // ports by the setting that adds the listener
}

// Option is an option of a private server.
type Option func(*options)

// WithConfig adds lines to the server's rabbitmq.conf, such as
// "consumer_timeout = 5000".
func WithConfig(lines ...string) Option {
	return func(o *options) { o.config = append(o.config, lines...) }
}

// WithPlugins enables additional plugins, such as rabbitmq_auth_mechanism_ssl.
func WithPlugins(names ...string) Option {
	return func(o *options) { o.plugins = append(o.plugins, names...) }
}

// WithFiles lets the server read files of this machine that its configuration uses.
func WithFiles(paths ...string) Option {
	return func(o *options) { o.files = append(o.files, paths...) }
}

// WithListener makes the server listen on an additional port of 127.0.0.1, with a setting
// such as "listeners.ssl.1".
func WithListener(setting string, port int) Option {
	return func(o *options) { o.listeners[setting] = port }
}

func newOptions(opts []Option) options {
	// On RabbitMQ 4 AMQP 1.0 is built in and its plugin does nothing.
	o := options{
		plugins:   []string{"rabbitmq_amqp1_0", "rabbitmq_management"},
		listeners: map[string]int{},
	}
	for _, set := range opts {
		set(&o)
	}
	return o
}

// lines returns the lines of rabbitmq.conf that all brokers have. Additional listeners
// listen on host.
func (o options) lines(user, password, address string) []string {
	lines := []string{
		"default_user = " + user,
		"default_pass = " + password,
		"log.console = true",
		"log.console.use_colors = off",
		"log.file = false",
	}
	for setting, port := range o.listeners {
		lines = append(lines, fmt.Sprintf("%s = %s:%d", setting, address, port))
	}
	return append(lines, o.config...)
}

// enabledPlugins returns the content of the file enabled_plugins.
func (o options) enabledPlugins() string { return "[" + strings.Join(o.plugins, ",") + "].\n" }
