// Package hubdata derives the data of a hub from the messages that it sent. With it,
// kojirpc/hubtest answers calls about the recorded tasks and builds as that hub would
// have.
//
// If no message contains a name, the name is made from the id, such as channel-7.
package hubdata
