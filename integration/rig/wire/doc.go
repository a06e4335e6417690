// Package wire simulates a bad network in front of a server: a TCP proxy on the loopback
// address that cuts, stalls, slows and refuses connections on demand.
package wire
