// Package announce puts events that kojiwatch itself makes into the queues of its sinks, as
// messages, so that they are delivered like all others: retried, kept as dead letters, in
// order.
//
// An [Outbox] keeps an event in a file until each queue has it.
package announce
