package file

import (
	"time"

	"github.com/kojiwatch/kojiwatch/config/values"
)

// Config holds the keys of a file sink.
type Config struct {
	Path         string          `yaml:"path" required:"true" format:"path" doc:"The file to write, one JSON object per line. Its folder is created." example:"/var/lib/kojiwatch/events.jsonl"`
	Sync         Sync            `yaml:"sync" default:"batch" enum:"always,batch,interval,never" doc:"When events are synced to the disk, before their messages are acknowledged: always after each event, batch after each batch, interval at most once in sync_interval, never leaves it to the operating system, so a power failure may lose the last events."`
	SyncInterval time.Duration   `yaml:"sync_interval" default:"1s" min:"1ms" max:"1m" doc:"How often to sync, with sync interval. Messages wait that long for their acknowledgement, so prefetch should be large enough for that time."`
	MaxSize      values.ByteSize `yaml:"max_size" default:"0" min:"0" max:"1024GB" doc:"The size at which the file is renamed, with the time in its name, and a new one is begun; 0 is no limit."`
	MaxAge       time.Duration   `yaml:"max_age" default:"0" min:"0" max:"3650d" doc:"The time that one file covers, counted in UTC: 1d begins a new file with the first event after midnight; 0 is no limit."`
	Keep         int             `yaml:"keep" default:"0" min:"0" max:"100000" doc:"How many renamed files to keep, newest first; 0 keeps all."`
}
