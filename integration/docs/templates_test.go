package docs

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/sinks/render"
	"github.com/kojiwatch/kojiwatch/sinks/sample"
)

// TestTemplates checks that the templates on the pages are valid and work with every event,
// and that those for JSON produce JSON.
func TestTemplates(t *testing.T) {
	events, err := sample.Events()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fences(t) {
		if f.language != "gotmpl" {
			continue
		}
		template, err := render.Parse("template", f.text)
		if err != nil {
			t.Errorf("%s:%d: %v", f.page, f.line, err)
			continue
		}
		for _, e := range events {
			text, err := template.Render(e)
			switch {
			case err != nil:
				t.Errorf("%s:%d: %s: %v", f.page, f.line, e.Type, err)
			case strings.HasPrefix(f.text, `{"`) && !json.Valid(text):
				t.Errorf("%s:%d: %s: not JSON: %s", f.page, f.line, e.Type, text)
			}
		}
	}
}
