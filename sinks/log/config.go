package log

// Config holds the keys of a log sink, which has none of its own.
type Config struct{}
