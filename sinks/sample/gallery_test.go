package sample_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/internal/golden"
	"github.com/kojiwatch/kojiwatch/sinks/sample"
)

const galleryHead = `# Event gallery

One complete event of every type, as a sink gets it with a hub configured: the samples that ` + "`kojiwatch sink test`" + ` sends. [Events](events.md) says what each member means and which may be absent. Events of tasks and builds that wait or run also have an [estimate](events.md#estimate). ` + "`go generate ./sinks/sample`" + ` writes this page.

`

// TestGallery checks that docs/gallery.md shows the samples.
func TestGallery(t *testing.T) {
	events, err := sample.Events()
	if err != nil {
		t.Fatal(err)
	}
	var index, page bytes.Buffer
	for _, e := range events {
		fmt.Fprintf(&index, "- [%s](#%s): %s\n", e.Type, strings.ToLower(string(e.Type)), e.Summary)
		fmt.Fprintf(&page, "\n## %s\n\n```json\n", e.Type)
		if err := json.Indent(&page, e.AppendJSON(nil), "", "  "); err != nil {
			t.Fatal(err)
		}
		page.WriteString("\n```\n")
	}
	golden.Check(t, "../../docs/gallery.md", galleryHead+index.String()+page.String())
}
