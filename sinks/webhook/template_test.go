package webhook_test

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks/render"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// TestHeaderTemplates checks that the texts of an event cannot add a header, and that fixed
// headers take precedence.
func TestHeaderTemplates(t *testing.T) {
	r := newReceiver(t)
	o := r.options(webhook.JSON(false))
	o.Headers = map[string]string{"X-Fixed": "as it is"}
	o.HeaderTemplates = map[string]*render.Template{}
	for name, text := range map[string]string{"X-Summary": "{{.summary}}", "X-Fixed": "{{.id}}", "X-Empty": "{{.build.nvr}}"} {
		parsed, err := render.Parse("header", text)
		if err != nil {
			t.Fatal(err)
		}
		o.HeaderTemplates[name] = parsed
	}
	s := webhook.New(o)
	e := sinktest.Events(0, 1)[0]
	e.Summary = "příště\r\nX-Evil: 1\x00" + strings.Repeat("x", 5000)
	if err := s.Send(t.Context(), []*event.Event{e}); err != nil {
		t.Fatal(err)
	}
	h := r.last.Header
	if got := h.Get("X-Summary"); !strings.HasPrefix(got, "příště  X-Evil: 1 xxx") || len(got) > 1024 {
		t.Errorf("X-Summary: %q", got)
	}
	if _, evil := h["X-Evil"]; evil || h.Get("X-Fixed") != "as it is" {
		t.Errorf("headers: %v", h)
	}
	if preview := s.Preview(e); !strings.Contains(preview, "X-Summary: příště  X-Evil") {
		t.Errorf("the preview:\n%s", preview)
	}
}

// TestFormErrors checks that an event is refused if making its message fails, unless the
// template ran out of time.
func TestFormErrors(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want string
	}{
		"for good": {errors.New("no such thing"), "form"},
		"too slow": {fmt.Errorf("template: %w", render.ErrSlow), ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := webhook.New(webhook.Options{
				Form:      func([]*event.Event) (webhook.Message, error) { return webhook.Message{}, tt.err },
				Transport: &http.Transport{},
			})
			if err := s.Send(t.Context(), sinktest.Events(0, 1)); err == nil || hintsOf(err).permanent != tt.want {
				t.Errorf("got %v", err)
			}
		})
	}
}
