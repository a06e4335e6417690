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
		return alertKinds()
	}
	var kinds []sentinel.Kind
	for _, name := range s.Alerts {
		kinds = append(kinds, sentinel.Kind(name))
	}
	return kinds
}

// alertKinds returns the kinds that the daemon can raise: it does not know yet whether the
// log of a task still grows.
func alertKinds() []sentinel.Kind {
	return slices.DeleteFunc(sentinel.Kinds(), func(k sentinel.Kind) bool { return k == sentinel.TaskOverdue })
}

func (s *Sentinel) check(r *schema.Report, a *Admin) {
	names := []string{allAlerts}
	for _, k := range alertKinds() {
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
	if len(s.Alerts) > 0 && a.Listen == "" && !r.Failed("admin.listen") {
		r.Add("sentinel.alerts", "are shown by the admin listener; set %s", r.Name("admin.listen"))
	}
}
