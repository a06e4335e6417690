package config

import (
	"net/url"

	"github.com/kojiwatch/kojiwatch/config/schema"
)

func (h *Hub) check(r *schema.Report) {
	if h.WebURL != "" && !r.Failed("hub.weburl") {
		checkWebURL(r, "hub.weburl", h.WebURL)
	}
	if h.Server != "" && !r.Failed("hub.server") {
		checkServer(r, h.Server)
	}
	if h.Profile != "" && h.Server != "" {
		r.Add("hub.server", "there is a profile, too; give either %s or %s", r.Name("hub.profile"), r.Name("hub.server"))
	}
	if h.KojiConfig != "" && h.Profile == "" && !r.Failed("hub.profile") {
		r.Add("hub.koji_config", "is for a profile, but there is none; set %s", r.Name("hub.profile"))
	}
	if h.Configured() || r.Failed("hub.profile") || r.Failed("hub.server") {
		return
	}
	for key, used := range map[string]bool{"login": h.Login, "ca_file": h.CAFile != "", "on_failure": h.OnFailure == OnFailureWait} {
		if used {
			r.Add("hub."+key, "is about a hub, but there is none; set %s or %s", r.Name("hub.profile"), r.Name("hub.server"))
		}
	}
}

// checkServer reports an invalid URL of a hub.
func checkServer(r *schema.Report, text string) {
	const key = "hub.server"
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Scheme != "https" && parsed.Scheme != "http" || parsed.Hostname() == "":
		r.Add(key, "%s is not the address of a hub; write it like https://koji.example.com/kojihub", r.Show(key, text))
	case parsed.User != nil:
		r.Add(key, "a hub knows no passwords; take user and password out of the address")
	case parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "":
		r.Add(key, "%s must end with the path; take away what begins with ? or #", r.Show(key, text))
	}
}
