// Package rabbit runs a private RabbitMQ for tests, on this machine or in a container, and
// queries the state of private and other brokers.
//
// A private server on this machine has its own data, node name, ports (all on 127.0.0.1)
// and epmd, so it does not affect other servers, runs as any user, and leaves nothing
// behind. It supports AMQP 0-9-1 and 1.0 and has the management plugin.
package rabbit
