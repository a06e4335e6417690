// Package campaign follows named sets of builds, such as a mass rebuild: what is still to do,
// waits, runs, is done or has failed, why, and when it will be over.
//
// A [Campaign] is told of events by [Campaign.Observe] and answers with a [Report]. A package
// that failed and then succeeded is done. [Set] holds the campaigns of a daemon and writes
// them down; [Set.Due] returns the steps that people want to know of.
package campaign
