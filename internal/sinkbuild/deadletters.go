package sinkbuild

import (
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/config"
)

// DeadQueue returns the name of a sink's dead-letter queue. It is "" if the broker names the
// sink's queue.
func DeadQueue(s *config.Sink) string {
	if s.Queue.Name == "" {
		return ""
	}
	return s.Queue.Name + ".dead"
}

// DeadPath returns the path of a sink's dead-letter file. The sink's name is safe in a path: it
// consists of letters, digits and dashes.
func DeadPath(c *config.Config, s *config.Sink) string {
	return filepath.Join(c.StateDir, s.Name+".dead.jsonl")
}
