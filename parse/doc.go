// Package parse turns a message from the broker, its properties, headers and
// bytes, into an event.
//
// It knows the dialects of Koji hubs: Koji's own protonmsg plugin,
// whose AMQP 1.0 messages reach an AMQP 0-9-1 consumer as encoded sections (on
// RabbitMQ 3.x the properties, too) or with native headers (on RabbitMQ 4.x);
// Fedora Messaging; and the old qpid messagebus. The same bytes always give the
// same event, no other service is asked, every input ends in an event or an
// error, and size and depth are bounded.
package parse
