package stdout

import (
	"github.com/kojiwatch/kojiwatch/config/schema"
)

// Format is how a sink writes an event.
type Format string

// The formats of events.
const (
	FormatJSON Format = "json"
	FormatText Format = "text"
)

// Color says when to use colours.
type Color string

// The choices of [Color].
const (
	ColorAuto   Color = "auto"
	ColorAlways Color = "always"
	ColorNever  Color = "never"
)

// Config holds the keys of a stdout sink.
type Config struct {
	Format Format `yaml:"format" default:"json" enum:"json,text" doc:"How an event is written: json is one JSON object on a line, text is one readable line."`
	Color  Color  `yaml:"color" default:"auto" enum:"auto,always,never" doc:"Whether text is coloured: auto means on a terminal, unless $NO_COLOR is set."`
}

// Check reports keys that contradict each other.
func (c *Config) Check(r *schema.Report, key, _ string) {
	if c.Format != FormatText && c.Color != ColorAuto && !r.Failed(key+".format") && !r.Failed(key+".color") {
		r.Add(key+".color", "is for format text only")
	}
}
