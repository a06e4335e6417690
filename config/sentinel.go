package config

import (
	"slices"
	"strings"

	"github.com/kojiwatch/kojiwatch/config/schema"
	"github.com/kojiwatch/kojiwatch/internal/sentinel"
	"github.com/kojiwatch/kojiwatch/internal/suggest"
)

// Sentinel says what the daemon looks for that may be wrong with the build system.
type Sentinel struct {
	Alerts []string `yaml:"alerts" doc:"The kinds of alerts to raise, or all. Without this key there are none. docs/sentinel.md describes each." example:"[host-silent, queue-stalled]"`
}

// allAlerts stands for every kind.
const allAlerts = "all"

// Kinds returns the kinds of alerts.
func (s *Sentinel) Kinds() []sentinel.Kind {
	if slices.Contains(s.Alerts, allAlerts) {
		return sentinel.Kinds()
	}
	var kinds []sentinel.Kind
	for _, name := range s.Alerts {
		kinds = append(kinds, sentinel.Kind(name))
	}
	return kinds
}

func (s *Sentinel) check(r *schema.Report) {
	names := []string{allAlerts}
	for _, k := range sentinel.Kinds() {
		names = append(names, string(k))
	}
	for i, name := range s.Alerts {
		key := schema.Item("sentinel.alerts", i)
		if r.Failed(key) || slices.Contains(names, name) {
			continue
		}
		hint := "use " + strings.Join(names, ", ")
		if near := suggest.Nearest(name, names); near != "" {
			hint = "did you mean " + near + "?"
		}
		r.Add(key, "%s is not a kind of alert; %s", r.Show(key, name), hint)
	}
}

// checkOverdue reports an alert about overdue tasks that can never be raised, as nothing tells
// whether their logs still grow.
func (c *Config) checkOverdue(r *schema.Report) {
	i := slices.Index(c.Sentinel.Alerts, string(sentinel.TaskOverdue))
	if i < 0 || c.Hub.Configured() && c.Estimates.Enabled && c.Estimates.LogProgress {
		return
	}
	key := schema.Item("sentinel.alerts", i)
	r.Add(key, "%s needs the sizes of logs from a hub; set %s, and leave %s and %s true", r.Show(key, string(sentinel.TaskOverdue)),
		r.Name("hub.profile"), r.Name("estimates.enabled"), r.Name("estimates.log_progress"))
}
