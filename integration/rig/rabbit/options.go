package rabbit

type options struct {
	config, plugins []string
}

// Option changes how a private server is set up.
type Option func(*options)

// WithConfig adds lines to the server's rabbitmq.conf, such as
// "consumer_timeout = 5000".
func WithConfig(lines ...string) Option {
	return func(o *options) { o.config = append(o.config, lines...) }
}

// WithPlugins enables further plugins, such as rabbitmq_auth_mechanism_ssl.
func WithPlugins(names ...string) Option {
	return func(o *options) { o.plugins = append(o.plugins, names...) }
}

func newOptions(opts []Option) options {
	// On RabbitMQ 4 AMQP 1.0 is built in and its plugin does nothing.
	o := options{plugins: []string{"rabbitmq_amqp1_0", "rabbitmq_management"}}
	for _, set := range opts {
		set(&o)
	}
	return o
}
