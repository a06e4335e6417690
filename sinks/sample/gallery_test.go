package sample_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/kojiwatch/kojiwatch/sinks/sample"
)

var update = flag.Bool("update", false, "write docs/gallery.md anew")

const galleryHead = `# Event gallery

One complete event of every type, as a sink gets it with a hub configured: the samples that ` + "`kojiwatch sink test`" + ` sends. [Events](events.md) says what each member means and which may be absent. Events of tasks and builds that wait or run also have an [estimate](events.md#estimate). ` + "`go generate ./sinks/sample`" + ` writes this page.

`

// TestGallery holds docs/gallery.md to the samples.
func TestGallery(t *testing.T) {
	const path = "../../docs/gallery.md"
	want := gallery(t)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not current; run: go generate ./sinks/sample", path)
	}
}

func gallery(t *testing.T) []byte {
	t.Helper()
	events, err := sample.Events()
	if err != nil {
		t.Fatal(err)
	}
	var page, index bytes.Buffer
	for _, e := range events {
		fmt.Fprintf(&index, "- [%s](#%s): %s\n", e.Type, bytes.ToLower([]byte(e.Type)), e.Summary)
		fmt.Fprintf(&page, "\n## %s\n\n```json\n", e.Type)
		if err := json.Indent(&page, e.AppendJSON(nil), "", "  "); err != nil {
			t.Fatal(err)
		}
		page.WriteString("\n```\n")
	}
	return append(append([]byte(galleryHead), index.Bytes()...), page.Bytes()...)
}
