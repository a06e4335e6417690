// Package enrich adds to an event what its message lacks: the pages of kojiweb
// that show it and one plain sentence for people. What the message says is
// never changed.
package enrich

import (
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/koji"
)

// Enricher enriches events. It is safe for concurrent use.
type Enricher struct {
	web koji.Web
}

// New returns an enricher that links to a kojiweb. With the zero Web it links
// to the host that a message names, with the path that Koji uses by default;
// an event whose message names none gets no links.
func New(web koji.Web) *Enricher { return &Enricher{web: web} }

// Enrich completes the event in place.
func (en *Enricher) Enrich(e *event.Event) {
	en.link(e)
	e.Summary = summary(e)
	e.Enrichment.Status = event.StatusNone // there is no hub to ask
}
