// Package apache runs a private Apache as web server in front of a hub: TLS,
// client certificates asked for as Koji's sample configuration does or in the
// handshake, and GSSAPI where one logs in. It tells the hub in headers who
// somebody is; package hubtest reads them with FrontEndIdentity.
package apache
