// Package parse converts a message from the broker, with its properties, headers and body,
// to an event.
//
// It supports the dialects of Koji hubs: Koji's own protonmsg plugin, whose AMQP 1.0
// messages reach an AMQP 0-9-1 consumer as encoded sections (on RabbitMQ 3.x, including the
// properties) or with native headers (on RabbitMQ 4.x); Fedora Messaging; and the old qpid
// messagebus. The same bytes always give the same event, no other service is called, every
// input results in an event or an error, and size and depth are limited.
package parse
