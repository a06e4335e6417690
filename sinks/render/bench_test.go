package render

import (
	"testing"

	"github.com/kojiwatch/kojiwatch/sinks/sample"
)

// BenchmarkRender renders a short message from an event.
func BenchmarkRender(b *testing.B) {
	t, err := Parse("body", `{{.summary}}{{if .task.owner.name}} by {{.task.owner.name}}{{end}}, {{duration .task.duration}} {{link .url}}`)
	if err != nil {
		b.Fatal(err)
	}
	events, err := sample.Events()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := t.Render(events[0]); err != nil {
			b.Fatal(err)
		}
	}
}
