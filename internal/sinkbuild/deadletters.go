package sinkbuild

import (
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/config"
)

// DeadQueue names a sink's dead-letter queue. A queue that the broker names has
// none beside it.
func DeadQueue(s *config.Sink) string {
	if s.Queue.Name == "" {
		return ""
	}
	return s.Queue.Name + ".dead"
}

// DeadPath returns the path of a sink's dead-letter file. The sink's name has nothing in it but
// letters, digits and dashes.
func DeadPath(c *config.Config, s *config.Sink) string {
	return filepath.Join(c.StateDir, s.Name+".dead.jsonl")
}
