package config

import (
	"time"
)

// OnFailure says what to do with an event if the hub does not answer in time.
type OnFailure string

// The choices of [OnFailure].
const (
	// OnFailurePartial sends it with a list of the missing facts.
	OnFailurePartial OnFailure = "partial"
	// OnFailureWait holds it until the hub answers.
	OnFailureWait OnFailure = "wait"
)

// Hub configures the Koji hub.
type Hub struct {
	Profile     string        `yaml:"profile" doc:"The profile of Koji's client configuration (/etc/koji.conf.d, ~/.koji/config and so on) that names the hub and its certificate authorities." example:"fedora"`
	KojiConfig  string        `yaml:"koji_config" format:"path" doc:"A file or folder with the profile, instead of ~/.koji/config." example:"/etc/kojiwatch/koji.conf"`
	Server      string        `yaml:"server" doc:"The URL of the hub, instead of a profile." example:"https://koji.example.com/kojihub"`
	CAFile      string        `yaml:"ca_file" format:"path" doc:"The PEM file of the certificate authorities that may have signed the hub's certificate." derived:"the profile's serverca, else the system's authorities" example:"/etc/kojiwatch/hub-ca.pem"`
	WebURL      string        `yaml:"weburl" doc:"The base of kojiweb's pages, for links in events. Without it events carry no links, except those the message itself brings." derived:"the profile's" example:"https://koji.example.com/koji"`
	Login       bool          `yaml:"login" default:"false" doc:"Log in, as the profile says; with server, by the Kerberos ticket of kinit. Otherwise calls are anonymous, which is enough for public hubs."`
	OnFailure   OnFailure     `yaml:"on_failure" default:"partial" enum:"partial,wait" doc:"What to do with an event when the hub does not answer in time: partial sends it and names the missing facts in it, wait holds it until the hub answers."`
	Budget      time.Duration `yaml:"budget" default:"5s" min:"10ms" max:"10m" doc:"How long an event may wait for facts from the hub."`
	Timeout     time.Duration `yaml:"timeout" default:"30s" min:"100ms" max:"1h" doc:"How long the hub may take to answer one request."`
	MaxInFlight int           `yaml:"max_in_flight" default:"4" min:"1" max:"64" doc:"How many requests may be sent to the hub at once. Each can hold a hundred calls."`
}

// Configured reports whether there is a hub to ask.
func (h *Hub) Configured() bool { return h.Profile != "" || h.Server != "" }

// Estimates configures estimates of durations.
type Estimates struct {
	Enabled bool `yaml:"enabled" default:"true" doc:"Record the durations of tasks and builds, and add an estimate to the events of those that run or wait. The history is kept in history.db in state_dir."`
	Size    int  `yaml:"size" default:"200000" min:"1000" max:"10000000" doc:"How many effects (of a method, an arch, a package on an arch and so on) are kept, at about 60 bytes of memory each. A package takes about ten."`
	// Refresh has no effect without a hub.
	Refresh time.Duration `yaml:"refresh" default:"10m" min:"1m" max:"24h" doc:"How often to ask the hub for its hosts and its queue, in two requests, to estimate when waiting tasks will start. In between, messages keep the data up to date."`
	// LogProgress has no effect without a hub.
	LogProgress bool `yaml:"log_progress" default:"true" doc:"Ask the hub how large the logs of running tasks are, to sharpen estimates and to find tasks that hang: while the board has viewers, somebody asks for an estimate, or the alert task-overdue is on; once a minute in one request, for at most 50 tasks that have run for more than a minute."`
}

// Cache configures the cache of names.
type Cache struct {
	Dir  string `yaml:"dir" format:"path" doc:"The folder for names, with a subfolder for each hub. Any number of kojiwatch processes may share it." derived:"$CACHE_DIRECTORY (set by systemd), else $XDG_CACHE_HOME/kojiwatch, else ~/.cache/kojiwatch" example:"/var/cache/kojiwatch"`
	Disk bool   `yaml:"disk" default:"true" doc:"Also keep names on disk, so that a restart does not ask for them again."`
	Size int    `yaml:"size" default:"100000" min:"100" max:"10000000" doc:"How many names are kept in memory, at about 170 bytes each."`
}
