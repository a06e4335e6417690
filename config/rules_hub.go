package config

import "net/url"

func (h *Hub) check(r *report) {
	if h.WebURL != "" && !r.failed("hub.weburl") {
		checkWebURL(r, "hub.weburl", h.WebURL)
	}
	if h.Server != "" && !r.failed("hub.server") {
		checkServer(r, h.Server)
	}
	if h.Profile != "" && h.Server != "" {
		r.add("hub.server", "there is a profile, too; give either %s or %s", r.name("hub.profile"), r.name("hub.server"))
	}
	if h.KojiConfig != "" && h.Profile == "" && !r.failed("hub.profile") {
		r.add("hub.koji_config", "is for a profile, but there is none; set %s", r.name("hub.profile"))
	}
	if h.Configured() || r.failed("hub.profile") || r.failed("hub.server") {
		return
	}
	for key, used := range map[string]bool{"login": h.Login, "ca_file": h.CAFile != "", "on_failure": h.OnFailure == OnFailureWait} {
		if used {
			r.add("hub."+key, "is about a hub, but there is none; set %s or %s", r.name("hub.profile"), r.name("hub.server"))
		}
	}
}

// checkServer reports what is wrong with the URL of a hub.
func checkServer(r *report, text string) {
	const key = "hub.server"
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Scheme != "https" && parsed.Scheme != "http" || parsed.Hostname() == "":
		r.add(key, "%s is not the address of a hub; write it like https://koji.example.com/kojihub", r.show(key, text))
	case parsed.User != nil:
		r.add(key, "a hub knows no passwords; take user and password out of the address")
	case parsed.RawQuery != "" || parsed.ForceQuery || parsed.Fragment != "":
		r.add(key, "%s must end with the path; take away what begins with ? or #", r.show(key, text))
	}
}
