package app

import (
	"path/filepath"

	"github.com/kojiwatch/kojiwatch/config"
)

// deadSuffix makes a queue's name that of its dead-letter queue, as the
// consumer does by default.
const deadSuffix = ".dead"

// deadPath is a sink's dead-letter file. The sink's name has nothing in it but
// letters, digits and dashes.
func deadPath(c *config.Config, s *config.Sink) string {
	return filepath.Join(c.StateDir, s.Name+".dead.jsonl")
}
