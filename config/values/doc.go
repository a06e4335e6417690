// Package values defines the types of configuration values with a syntax of their own:
// secrets, broker addresses, sizes, durations and TLS settings. The configuration and the
// sinks share them.
package values
