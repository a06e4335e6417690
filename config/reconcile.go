package config

import (
	"time"

	"github.com/kojiwatch/kojiwatch/config/schema"
)

// Reconcile configures the recovery of lost messages with the help of the hub.
type Reconcile struct {
	OnStart bool          `yaml:"on_start" default:"false" doc:"At the start, ask for what happened since kojiwatch stopped. The first start asks for nothing."`
	Every   time.Duration `yaml:"every" default:"0" min:"0" max:"7d" doc:"How often to ask even if no messages seem to be missing; 0 is never. If some seem to be missing, kojiwatch asks at once." example:"1h"`
	MaxAge  time.Duration `yaml:"max_age" default:"7d" min:"1m" max:"90d" doc:"How far back kojiwatch asks, and how long it remembers which events each sink got."`
	Delay   time.Duration `yaml:"delay" default:"1m" min:"1s" max:"1h" doc:"How long a message may take to arrive before the hub is asked for it."`
	Silence time.Duration `yaml:"silence" default:"10m" min:"1s" max:"1d" doc:"How long no message may arrive before the hub is asked whether it is busy."`
	Pause   time.Duration `yaml:"pause" default:"1s" min:"0" max:"1h" doc:"The shortest time between two requests to the hub. It is longer if the hub takes longer to answer."`
}

// Enabled reports whether sinks record the events they got, and get those they missed.
func (r *Reconcile) Enabled() bool { return r.OnStart || r.Every > 0 }

func (r *Reconcile) check(report *schema.Report, hub *Hub) {
	if r.Enabled() && !hub.Configured() && !report.Failed("hub.profile") && !report.Failed("hub.server") {
		report.Add("reconcile", "asks a hub, but there is none; set %s or %s", report.Name("hub.profile"), report.Name("hub.server"))
	}
}
