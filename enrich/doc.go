// Package enrich adds to an event what its message lacks: names in place of ids,
// what only a parent task or a build knows, the tags of a finished build, the
// pages of kojiweb that show it, and one plain sentence for people. What the
// message says is never changed.
//
// # Begin and finish
//
// [Enricher.Begin] fills in what is known at once and has the hub asked for the
// rest, without waiting; [Enricher.Finish] waits for the answers and completes
// the event. Between the two lies the time that an event waits for those before
// it, so the questions of many events are under way together and a hub's latency is
// paid once, not once per event.
//
// Questions belong to the enricher, not to the event that first had them: an
// answer that comes too late for one event is there for the next. A question is
// asked once however many events have it.
//
// # Where facts come from
//
// The message itself wins. Then what earlier messages have shown: parents,
// builds and names are remembered, a bounded number of them. Then the hub, and
// of its answers only what does not change: names, requests, who made what.
// States and times are never taken from the hub, whose answers may be older or
// newer than the message.
//
// # Why things failed
//
// After [Enricher.BeginWithFailure] an event of a task or build that failed gets its
// first cause, too. These questions have their own bounds: no other waits for them.
//
// # When the hub does not answer
//
// An event waits for at most its budget; then it goes out with the gaps named.
// Once the hub is known not to answer, events do not wait at all, and one
// question now and then finds out whether it does again.
package enrich
