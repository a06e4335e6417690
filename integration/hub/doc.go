// Package hub tests the hub client with real web servers and a real Kerberos realm: logins,
// renewals and their failures.
package hub
