// Package apache runs a private Apache in front of a hub, with TLS, client certificates
// that are requested as in Koji's sample configuration or in the handshake, and GSSAPI for
// logins. It passes the user's identity to the hub in headers, which package hubtest reads
// with FrontEndIdentity.
package apache
