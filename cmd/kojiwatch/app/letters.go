package app

import (
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/config"
)

// deadQueue is a sink's dead-letter queue. A queue that the broker names has
// none beside it.
func deadQueue(s *config.Sink) string {
	if s.Queue.Name == "" {
		return ""
	}
	return s.Queue.Name + ".dead"
}

// deadPath is a sink's dead-letter file. The sink's name has nothing in it but
// letters, digits and dashes.
func deadPath(c *config.Config, s *config.Sink) string {
	return filepath.Join(c.StateDir, s.Name+".dead.jsonl")
}
