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
//	socket ▶ receiver ▶ parsers ▶ serial lane, or strands ▶ lanes ▶ settler ▶ acks
//	         chunks     parallel   in broker order per key           ╰▶ dead letters
//
// The receiver gathers what is there into chunks, and whoever is next takes the
// chunks in their old order and parses them; when they pile up, several parsers
// work on them at once. With one lane everything stays in broker order and is
// delivered in batches; with more, values with the same key stay in order and
// unrelated ones do not wait for each other. The prefetch count bounds what is
// held in memory.
//
// # When the sink is down
//
// A value whose delivery fails is kept and tried again with back-off. Brokers
// close the channel of a consumer that holds a delivery for too long (RabbitMQ:
// consumer_timeout, 30 minutes), and quorum queues count redeliveries. So after
// [Options].HoldLimit everything goes back to the queue, and while nothing at all
// gets through, the value that was waiting longest is tried alone, off the queue;
// consuming begins again when it has gone out. That value may then be seen twice.
package consumer
