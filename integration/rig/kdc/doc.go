// Package kdc runs a private Kerberos realm: an MIT KDC on a loopback port with its
// database, keytabs and credential caches in one folder. It does not affect the realm of
// the machine.
package kdc
