// Package kdc runs a private Kerberos realm: an MIT KDC on a loopback port with
// a database, keytabs and credential caches below one folder. Nothing of it
// touches the realm that a machine may be in.
package kdc
