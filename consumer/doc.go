// Package consumer consumes one queue over AMQP 0-9-1: it passes deliveries to a [Handler]
// and settles each exactly once.
//
// # How a message ends
//
// Done: [Handler.Deliver] accepted its value; the message is acknowledged. Dead: it can
// never succeed; [DeadLetters] stores it with the reason, and only then is it
// acknowledged. Again: the session ended first; the message stays unacknowledged and the
// broker delivers it again. The consumer never rejects or requeues a single message, so no
// error can cause an endless loop of redeliveries.
//
// # Sessions
//
// A session is one connection with one channel. Its number is the epoch. A delivery tag is
// valid only in its own epoch, so settling a delivery of an older epoch changes nothing on
// the broker and is counted as stale. When a session ends, all its work ends before the
// next session begins: redelivered messages cannot overtake it.
//
// # The path of a delivery
//
//	socket ▶ receiver ▶ parsers ▶ one worker, or keyed queue ▶ workers ▶ settler ▶ acks
//	         chunks     parallel   in broker order    per key             ╰▶ dead letters
//
// The receiver collects deliveries into chunks. The only worker, or the router before
// several workers, takes the chunks in order and parses them; when chunks pile up, several
// parsers share the work. A sink that writes one stream gets everything in broker order, in
// batches. For other sinks, values with the same key stay in order and values with different
// keys do not wait for each other. The prefetch count bounds the memory used.
//
// # When the sink fails
//
// A value whose delivery fails goes back to its key and is retried with back-off; it
// occupies no worker meanwhile. A batch that fails as a whole is tried in halves until the
// value that causes the failure is tried alone. [RetryLimit] bounds the attempts at a value
// over all sessions. After Options.DownAfter consecutive failures the circuit breaker allows
// one attempt at a time, for one key after the other.
//
// Brokers close the channel of a consumer that holds a delivery for too long
// (RabbitMQ: consumer_timeout, 30 minutes). So after Options.HoldLimit the consumer gives
// everything back to the queue and begins another session. It never delivers a message that
// the session no longer holds: the broker may have given it to another replica.
package consumer
