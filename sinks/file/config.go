package file

import (
	"time"

	"github.com/kojiwatch/kojiwatch/config/values"
)

// Config holds the keys of a file sink.
type Config struct {
	Path         string          `yaml:"path" required:"true" format:"path" doc:"The file, which gets one JSON object a line. Its folder is made." example:"/var/lib/kojiwatch/events.jsonl"`
	Sync         Sync            `yaml:"sync" default:"batch" enum:"always,batch,interval,never" doc:"When events are seen onto the disk, before their messages are acknowledged: always after each, batch after those written at once, interval at most once in sync_interval, never when the system likes; with never the last ones are lost if the machine loses power."`
	SyncInterval time.Duration   `yaml:"sync_interval" default:"1s" min:"1ms" max:"1m" doc:"How often, with sync interval. Messages wait so long for their acknowledgement, so prefetch should hold what comes in that time."`
	MaxSize      values.ByteSize `yaml:"max_size" default:"0" min:"0" max:"1024GB" doc:"The size beyond which the file gets another name, with the time in it, and a new one is begun; 0 is none."`
	MaxAge       time.Duration   `yaml:"max_age" default:"0" min:"0" max:"3650d" doc:"How much time one file may be about, counted in UTC: 1d begins a new one with the first event after midnight; 0 is none."`
	Keep         int             `yaml:"keep" default:"0" min:"0" max:"100000" doc:"How many renamed files are kept, the newest; 0 keeps all."`
}
