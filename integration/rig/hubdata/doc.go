// Package hubdata makes the data of a hub out of recorded messages: what the hub
// must have known that sent them. With it, kojirpc/hubtest answers questions
// about the recorded tasks and builds as that hub would have.
//
// What no message names has a name made of its id, such as channel-7.
package hubdata
