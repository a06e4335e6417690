package enrich

import (
	"strings"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// link sets the URLs of the event and its objects. A configured kojiweb takes precedence over
// the links in Fedora's messages, which are made from the hub's host name.
func (en *Enricher) link(e *event.Event) {
	web := en.opts.Web
	if web == (koji.Web{}) {
		web = webOf(e.BaseURL)
	}
	if t := e.Task; t != nil {
		t.URL = linkOf(web.Task(t.ID), t.URL)
	}
	if b := e.Build; b != nil {
		made := web.Build(b.ID)
		if made == "" {
			made = web.FindBuild(b.NVR)
		}
		b.URL = linkOf(made, b.URL)
	}
	if r := e.Repo; r != nil {
		r.URL = linkOf(web.Repo(r.ID), r.URL)
	}
	e.URL = mainURL(web, e)
}

// webOf returns the kojiweb of a hub, at Koji's default path. Source: koji-fedoramessaging,
// get_message_body.
func webOf(base string) koji.Web {
	if base == "" {
		return koji.Web{}
	}
	web, err := koji.NewWeb(strings.TrimRight(base, "/") + "/koji")
	if err != nil { // nothing to link to
		return koji.Web{}
	}
	return web
}

// linkOf returns made, or else the link from the message if it is an http or https URL.
func linkOf(made, brought string) string {
	if made != "" {
		return made
	}
	if strings.HasPrefix(brought, "https://") || strings.HasPrefix(brought, "http://") {
		return brought
	}
	return ""
}

// mainURL returns the page of the event's main object.
func mainURL(web koji.Web, e *event.Event) string {
	switch {
	case e.Task != nil:
		return e.Task.URL
	case e.Build != nil:
		return e.Build.URL
	case e.Repo != nil:
		return e.Repo.URL
	case e.Type == event.PackageListChange:
		return web.Package(e.Package)
	case e.Alert != nil:
		return web.Task(e.Alert.Task)
	}
	return ""
}
