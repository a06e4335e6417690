package consumer

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	amqp "github.com/rabbitmq/amqp091-go"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/consumer/broker"
)

// Options configure a consumer. Zero values mean the defaults named.
type Options struct {
	// Brokers returns the brokers to try in turn. It is called before every
	// dial, so passwords and certificates read by it are always fresh.
	Brokers func(ctx context.Context) ([]broker.Address, error)
	// Name is the name of the connection, as the broker shows it. Default: Product.
	Name string
	// Sink is the name of the sink, which dead letters record. Default: none.
	Sink string
	// Product and Version identify the program to the broker. Default: kojiwatch, unknown.
	Product, Version string

	// Queue is the queue to consume.
	Queue Queue
	// Bindings of the queue, made unless Declare is None.
	Bindings []Binding
	// Declare controls what the consumer declares. Default: Active.
	Declare Declare
	// NoticeNewQueue makes each session check whether the queue exists before it declares
	// it; if not, the broker logs an error. Default: no check.
	NoticeNewQueue bool
	// Stream controls how the queue is read if it is a stream.
	Stream StreamOptions
	// Prefetch is the maximum number of unacknowledged deliveries, up to 65535; it bounds
	// the memory used. Default: 512.
	Prefetch int

	// Workers is the number of batches delivered at once. Default: 1.
	Workers int
	// Keyed lets a failing value delay only those with the same key. Without Keyed, one
	// worker whose batches do not wait delivers everything in broker order, and a failing
	// value delays all that follow. With several workers, or batches that wait, values are
	// always keyed.
	Keyed bool
	// Batch is the maximum number of values delivered together. Batches do not wait to
	// fill unless BatchPolicy is set. Default: 256 with one worker, else 1.
	Batch int
	// BatchPolicy makes batches wait for more values. They hold messages meanwhile, so its
	// durations must be well below HoldLimit. Default: batches do not wait.
	BatchPolicy BatchPolicy

	// RetryLimit bounds the attempts at a delivery that fails. Default: no limit.
	RetryLimit RetryLimit
	// AttemptsFile stores the failed attempts at unsettled deliveries, so that they count
	// for RetryLimit after a restart. No other consumer may use it. Default: attempts are
	// counted from zero after a restart.
	AttemptsFile string
	// DownAfter is the number of consecutive failed attempts that open the circuit
	// breaker. It then allows one attempt at a time, at one value after the other, until
	// one succeeds. Default: it never opens.
	DownAfter int

	// DeadLetters stores deliveries that can never succeed. Default: the queue DeadQueue.
	DeadLetters DeadLetters
	// DeadQueue is the dead-letter queue, published to through the default
	// exchange and declared when Declare is Active. Default: Queue.Name with
	// ".dead" appended. Not used if DeadLetters is set.
	DeadQueue string

	// Heartbeat is the heartbeat interval requested from the broker. Default: 20 s.
	Heartbeat time.Duration
	// DialTimeout bounds connecting to a broker, including login. Default: 30 s.
	DialTimeout time.Duration
	// RPCTimeout bounds every other request to a broker and each write to it. Default: 30 s.
	RPCTimeout time.Duration
	// Grace is how long deliveries in flight may take when a session ends. Default: 10 s.
	Grace time.Duration
	// HoldLimit is how long a delivery may be unsettled before the session gives all
	// deliveries back; it must be well below the broker's consumer_timeout (30 minutes by
	// default). It does not apply to a queue that is deleted with its session. Default:
	// 15 min; below zero there is no limit.
	HoldLimit time.Duration
	// BacklogPeriod is the time between counts of the messages in the queue. Default: 15 s;
	// below zero they are not counted.
	BacklogPeriod time.Duration
	// UnservedAfter is how long messages may wait in the queue while the broker delivers
	// none to an idle consumer. The consumer then begins another session. Default: 1 min.
	UnservedAfter time.Duration
	// RetryFirst and RetryLast bound the first and the longest pause before a retry, for
	// brokers, deliveries and dead letters alike. Defaults: 0.5 s and 60 s.
	RetryFirst, RetryLast time.Duration

	// Log receives a line when something begins to fail and one when it works again. The
	// zero value discards them.
	Log zerolog.Logger
}

// Queue is a queue to consume.
type Queue = broker.Queue

// Binding binds the queue to an exchange.
type Binding = broker.Binding

// Declare controls what a consumer declares on the broker.
type Declare uint8

const (
	// Active declares the queue, its bindings and the dead-letter queue.
	Active Declare = iota
	// Passive checks that the queue exists and binds it.
	Passive
	// None uses the queue without checking that it exists.
	None
)

// connection returns the options of a connection with this name.
func (o *Options) connection(name string) broker.Options {
	return broker.Options{
		Brokers: o.Brokers, Name: name, Product: o.Product, Version: o.Version,
		Heartbeat: o.Heartbeat, DialTimeout: o.DialTimeout, RPCTimeout: o.RPCTimeout,
	}
}

// setDefaults replaces zero values by the defaults.
func (o *Options) setDefaults() {
	b := o.connection(o.Name)
	b.SetDefaults()
	o.Name, o.Product, o.Version = b.Name, b.Product, b.Version
	o.Heartbeat, o.DialTimeout, o.RPCTimeout = b.Heartbeat, b.DialTimeout, b.RPCTimeout
	o.Prefetch = cmp.Or(o.Prefetch, 512)
	o.Workers = cmp.Or(o.Workers, 1)
	if o.Workers == 1 {
		o.Batch = cmp.Or(o.Batch, 256)
	}
	o.Batch = cmp.Or(o.Batch, 1)
	if o.Queue.Name != "" {
		o.DeadQueue = cmp.Or(o.DeadQueue, o.Queue.Name+".dead")
	}
	if o.Stream.From == nil {
		o.Stream.From = "next"
	}
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	o.HoldLimit = cmp.Or(o.HoldLimit, 15*time.Minute)
	o.BacklogPeriod = cmp.Or(o.BacklogPeriod, 15*time.Second)
	o.UnservedAfter = cmp.Or(o.UnservedAfter, time.Minute)
	o.RetryFirst = cmp.Or(o.RetryFirst, 500*time.Millisecond)
	o.RetryLast = cmp.Or(o.RetryLast, time.Minute)
}

// check returns an error that names every invalid option.
func (o *Options) check() error {
	q := &o.Queue
	var errs []error
	complain := func(wrong bool, format string, args ...any) {
		if wrong {
			errs = append(errs, fmt.Errorf(format, args...))
		}
	}
	complain(o.Brokers == nil, "no brokers")
	complain(o.Prefetch < 1 || o.Prefetch > math.MaxUint16, "prefetch %d is not within 1 and %d", o.Prefetch, math.MaxUint16)
	complain(o.Workers < 1, "workers %d is less than 1", o.Workers)
	complain(o.BatchPolicy.Linger < 0 || o.BatchPolicy.Interval < 0 || o.BatchPolicy.Bytes < 0, "a limit of the batch policy is below zero")
	complain(o.Batch < 1, "batch %d is less than 1", o.Batch)
	complain(o.RetryLimit.Attempts < 0 || o.RetryLimit.Age < 0 || o.DownAfter < 0, "a limit on failures is below zero")
	complain(o.Declare > None, "declare %d is unknown", o.Declare)
	complain(o.RetryLast < o.RetryFirst, "the longest pause %s is shorter than the first %s", o.RetryLast, o.RetryFirst)
	complain(len(o.Name) > broker.MaxName/2, "the connection name is longer than %d bytes", broker.MaxName/2)
	complain(len(q.Name) > broker.MaxName, "the queue name is longer than %d bytes", broker.MaxName)
	complain(len(o.DeadQueue) > broker.MaxName, "the dead-letter queue's name is longer than %d bytes", broker.MaxName)
	complain(q.Name == "" && o.Declare != Active, "a queue that is not declared needs a name")
	complain(o.DeadLetters == nil && o.DeadQueue == "",
		"a queue named by the broker can have no dead-letter queue beside it: name one, or keep dead letters in a file")
	complain(q.IsStream() && (q.Transient() || !q.Durable || q.SingleActive || q.Name == ""),
		"a stream is durable, has a name, and is neither exclusive nor auto-delete nor served to one consumer at a time")
	complain(!isStart(o.Stream.From), "a stream cannot be read from %v on", o.Stream.From)
	complain(o.Stream.Read > 0 && o.Stream.PositionFile != "" || o.Stream.Again > o.Stream.Read,
		"where a stream was read up to is known from a file or from the handler, and what is read again is before that")
	complain(q.Type == amqp.QueueTypeQuorum && (q.Transient() || !q.Durable),
		"a quorum queue is durable and neither exclusive nor auto-delete")
	_, err := broker.TableOf(q.Arguments)
	complain(err != nil, "queue arguments: %w", err)
	for _, b := range o.Bindings {
		complain(b.Exchange == "", "a binding names no exchange")
		_, err := broker.TableOf(b.Arguments)
		complain(err != nil, "arguments of the binding to %s: %w", b.Exchange, err)
		for _, key := range b.Keys {
			complain(len(key) > broker.MaxName, "the routing key %.20q… is longer than %d bytes", key, broker.MaxName)
		}
	}
	return errors.Join(errs...)
}
