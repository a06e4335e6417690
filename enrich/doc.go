// Package enrich adds facts to an event that its message lacks: names for ids, facts of the
// parent task or the build, the tags of a finished build, links to kojiweb, and a plain
// sentence for people. It never changes facts from the message.
//
// # Begin and finish
//
// [Enricher.Begin] fills in known facts and starts calls to the hub for the others, without
// waiting; [Enricher.Finish] waits for the answers and completes the event. In between, an
// event waits for earlier events, so the calls for many events run concurrently, and the hub's
// latency does not add up.
//
// Calls belong to the enricher, not to the event that needed them first: an answer that is
// too late for one event is available to the next. If several events need the same fact,
// there is only one call.
//
// # Where facts come from
//
// The message itself takes precedence, then earlier messages: a bounded number of parents,
// builds and names is remembered. Then comes the hub, but only for facts that do not change:
// names, requests, and which task made a build. States and times are never taken from the
// hub, whose answers may be older or newer than the message.
//
// # Why things failed
//
// After [Enricher.BeginWithFailure] an event about a failed task or build also gets the cause
// of the failure. These calls have limits of their own, so other calls do not wait for them.
//
// # When the hub does not answer
//
// An event waits at most for its budget; then it is sent with a list of the gaps. While the
// hub is known not to answer, events do not wait at all, and single calls probe whether the
// hub is back.
package enrich
