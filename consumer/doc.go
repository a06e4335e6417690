// Package consumer is the AMQP 0-9-1 side of kojiwatch: it takes deliveries from
// one queue, has a [Handler] work on them and settles each exactly once.
//
// # A message ends in one of three ways
//
// Done: [Handler.Deliver] accepted its value; it is acknowledged. Dead: it can
// never succeed; it is kept by [DeadLetters] with the reason, and only then
// acknowledged. Again: the work stopped first; it stays un-acknowledged and the
// broker delivers it once more. Nothing is ever rejected or requeued one by one,
// so no error can turn into an endless loop of redeliveries.
//
// # Sessions
//
// A session is one connection with one channel and has a number, its epoch.
// Delivery tags mean something only in the epoch they came from, so a verdict on
// a delivery of an older one changes nothing on the broker and is counted as
// stale. When a session ends, for whatever reason, the work in hand ends with it
// before the next one begins: what the broker sends again cannot overtake it.
//
// # The way of a delivery
//
//	socket ▶ receiver ▶ parsers ▶ one worker, or keyed queue ▶ workers ▶ settler ▶ acks
//	         chunks     parallel   in broker order    per key             ╰▶ dead letters
//
// The receiver collects what is there into chunks, and the worker, or the router before
// several, takes the chunks in their order and parses them; when they pile up, several
// parsers work on them at once. A sink that writes one stream has everything in broker
// order, in batches; for others values with the same key stay in order and unrelated
// ones do not wait for each other. The prefetch count bounds what is held in memory.
//
// # When the sink fails
//
// A value whose delivery fails goes back to its key and is tried again with
// back-off; no worker holds it meanwhile. A batch that fails as a whole is tried in
// halves until the value that it fails for stands alone. What was spent on a value
// is bounded by [RetryLimit], over all sessions. After Options.DownAfter failures in
// a row one attempt at a time is made, of one key after the other.
//
// Brokers close the channel of a consumer that holds a delivery for too long
// (RabbitMQ: consumer_timeout, 30 minutes). So after Options.HoldLimit everything
// goes back to the queue and another session begins. Nothing is ever sent that the
// session does not hold: the broker may have given it to another replica.
package consumer
