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

// Options say what to consume, from where and how. Zero values mean the defaults
// named.
type Options struct {
	// Brokers returns the brokers to try in turn. It is called before every
	// dial, so passwords and certificates read by it are always fresh.
	Brokers func(ctx context.Context) ([]broker.Address, error)
	// Name is the connection's name as the broker shows it. Default: Product.
	Name string
	// Sink names what the deliveries are handed to, for dead letters. Default:
	// they do not say.
	Sink string
	// Product and Version are told to the broker. Default: kojiwatch, unknown.
	Product, Version string

	// Queue to consume.
	Queue Queue
	// Bindings of the queue, made unless Declare is None.
	Bindings []Binding
	// Declare says what may be declared. Default: Active.
	Declare Declare
	// NoticeNewQueue has each session look whether there is a queue before it declares
	// one, which the broker logs as an error if there is none. Default: it does not.
	NoticeNewQueue bool
	// Stream says how the queue is read if it is a stream.
	Stream StreamOptions
	// Prefetch is how many deliveries the broker sends ahead of their verdicts,
	// up to 65535; it bounds the memory used. Default: 512.
	Prefetch int

	// Workers is how many batches are delivered at once. Default: 1.
	Workers int
	// Keyed has a value that fails hold up only those with the same key. Without
	// it one worker, if batches do not wait, delivers everything in broker order,
	// and a value that fails holds up all behind it. With several workers, or
	// batches that wait, it is always so.
	Keyed bool
	// Batch is how many values at most are delivered together; a batch is what
	// is there, not waited for unless BatchPolicy says so. Default: 256 with one
	// worker, else 1.
	Batch int
	// BatchPolicy has batches wait for more. They hold messages meanwhile, so it
	// must be well below HoldLimit. Default: they do not wait.
	BatchPolicy BatchPolicy

	// RetryLimit bounds what is spent on a delivery that fails. Default: no
	// bounds.
	RetryLimit RetryLimit
	// AttemptsFile is where the failures of deliveries without verdict are written
	// down, so that RetryLimit counts on after a restart. It belongs to this
	// consumer alone. Default: they are counted anew.
	AttemptsFile string
	// DownAfter is how many attempts in a row fail before the sink is taken for
	// down: one attempt at a time is made then, of one value after the other, until
	// one succeeds. Default: never.
	DownAfter int

	// DeadLetters keep what can never succeed. Default: the queue DeadQueue.
	DeadLetters DeadLetters
	// DeadQueue is the dead-letter queue, published to through the default
	// exchange and declared when Declare is Active. Default: Queue.Name with
	// ".dead" appended. Not used if DeadLetters is set.
	DeadQueue string

	// Heartbeat is the interval asked for. Default: 20 s.
	Heartbeat time.Duration
	// DialTimeout bounds reaching a broker and logging in. Default: 30 s.
	DialTimeout time.Duration
	// RPCTimeout bounds every other exchange with a broker and each write to
	// it. Default: 30 s.
	RPCTimeout time.Duration
	// Grace is how long what is in hand may take when a session ends. Default:
	// 10 s.
	Grace time.Duration
	// HoldLimit is how long a delivery is held without verdict before it goes
	// back to its queue; it must be well below the broker's consumer_timeout
	// (30 minutes by default). It does not apply to a queue that would vanish.
	// Default: 15 min; below zero there is no limit.
	HoldLimit time.Duration
	// BacklogPeriod is how often the broker is asked how many messages wait in the
	// queue. Default: 15 s; below zero never.
	BacklogPeriod time.Duration
	// UnservedAfter is how long messages may wait while a consumer with nothing in hand is
	// handed none of them, before another session is begun. Default: 1 min.
	UnservedAfter time.Duration
	// RetryFirst and RetryLast are the ceilings of the first and the longest
	// pause before trying again, for brokers, deliveries and dead letters
	// alike. Defaults: 0.5 s and 60 s.
	RetryFirst, RetryLast time.Duration

	// Log gets a line when something begins to fail and one when it works again. The zero value
	// is silent.
	Log zerolog.Logger
}

// Queue is a queue to consume.
type Queue = broker.Queue

// Binding binds the queue to an exchange.
type Binding = broker.Binding

// Declare says what a consumer may declare.
type Declare uint8

const (
	// Active declares the queue, its bindings and the dead-letter queue.
	Active Declare = iota
	// Passive checks that the queue exists and binds it.
	Passive
	// None uses the queue unseen.
	None
)

// connection returns how to connect under a name.
func (o *Options) connection(name string) broker.Options {
	return broker.Options{
		Brokers: o.Brokers, Name: name, Product: o.Product, Version: o.Version,
		Heartbeat: o.Heartbeat, DialTimeout: o.DialTimeout, RPCTimeout: o.RPCTimeout,
	}
}

// setDefaults fills in what is zero.
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

// check names everything that cannot work.
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
	complain(o.BatchPolicy.Linger < 0 || o.BatchPolicy.Interval < 0 || o.BatchPolicy.Bytes < 0, "what batches wait for is below zero")
	complain(o.Batch < 1, "batch %d is less than 1", o.Batch)
	complain(o.RetryLimit.Attempts < 0 || o.RetryLimit.Age < 0 || o.DownAfter < 0, "a bound on failures is below zero")
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
	complain(!isPlace(o.Stream.From), "a stream cannot be read from %v on", o.Stream.From)
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
