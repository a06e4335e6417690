package exec

import (
	"strings"
	"time"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/config/values"
)

// Config holds the keys of an exec sink.
type Config struct {
	Command     []string        `yaml:"command" required:"true" doc:"The program that is run for each event, and its arguments. No shell is involved. The event is on its standard input; docs/sinks.md describes its environment and exit codes." example:"[/usr/local/bin/on-event, --verbose]"`
	Dir         string          `yaml:"dir" format:"path" derived:"where kojiwatch runs" doc:"The folder it runs in." example:"/var/lib/kojiwatch"`
	Env         []string        `yaml:"env" doc:"Additional environment variables, as NAME=value." example:"[COLOR=never]"`
	Timeout     time.Duration   `yaml:"timeout" default:"1m" min:"100ms" max:"15m" doc:"How long one run may take. After that the program and its children are ended, and the event is tried again."`
	MaxOutput   values.ByteSize `yaml:"max_output" default:"4KiB" min:"0" max:"1MiB" doc:"How many bytes of the end of its output to keep, for errors."`
	Concurrency int             `yaml:"concurrency" default:"1" min:"1" max:"1024" doc:"How many programs may run at once. Events about one task or build still keep their order."`
}

// Check reports invalid environment variables.
func (c *Config) Check(r *schema.Report, key, _ string) {
	for i, variable := range c.Env {
		if name, _, ok := strings.Cut(variable, "="); !ok || name == "" {
			r.Add(schema.Item(schema.Join(key, "env"), i), "is not of the form NAME=value")
		}
	}
}
