// Package statuspage renders a daemon's status as HTML, for the pages of listeners.
package statuspage

import (
	_ "embed"
	"html/template"
	"time"

	"github.com/kojiwatch/kojiwatch/internal/status"
)

//go:embed status.html
var text string

// Add adds the template "status" to others. Its data is a [status.Status].
func Add(t *template.Template) (*template.Template, error) {
	return t.Funcs(template.FuncMap{"ago": status.Ago, "percent": status.Percent, "time": clock}).Parse(text)
}

func clock(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 UTC") }
