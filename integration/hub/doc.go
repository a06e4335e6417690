// Package hub has the tests of the hub client with real web servers and a real
// Kerberos realm: logins, renewals and what can go wrong with them.
package hub
