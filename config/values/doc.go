// Package values holds the types of configuration values that have a form of
// their own: secrets, broker addresses, sizes, durations and TLS settings. The
// configuration and the sinks share them.
package values
