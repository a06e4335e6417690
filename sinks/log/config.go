package log

// Config holds the keys of a log sink. It has no keys of its own.
type Config struct{}
