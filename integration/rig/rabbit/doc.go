// Package rabbit runs a private RabbitMQ for tests, on this machine or in a
// container, and asks brokers, private ones or not, how they are.
//
// A private server on this machine has its own data, node name, ports (all on 127.0.0.1) and
// epmd, so it disturbs no other on the machine, runs as any user, and leaves
// nothing behind. It speaks AMQP 0-9-1 and 1.0 and has the management plugin.
package rabbit
