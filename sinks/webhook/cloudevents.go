package webhook

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kojiwatch/kojiwatch/event"
)

// TypePrefix begins the type of a CloudEvent; the type of the event
// follows.
const TypePrefix = "io.github.kojiwatch.event."

// attribute is one context attribute of CloudEvents 1.0.
type attribute struct{ name, value string }

// attributes are those of an event; what is not known is left out.
func attributes(e *event.Event) []attribute {
	list := []attribute{
		{"specversion", "1.0"},
		{"id", e.ID},
		{"source", source(e)},
		{"type", TypePrefix + string(e.Type)},
	}
	if s := subject(e); s != "" {
		list = append(list, attribute{"subject", s})
	}
	if !e.ReceivedAt.IsZero() {
		list = append(list, attribute{"time", e.ReceivedAt.UTC().Format(time.RFC3339Nano)})
	}
	return list
}

// source is a URI reference: the Koji instance.
func source(e *event.Event) string {
	if e.Instance == "" {
		return "/koji"
	}
	return "/koji/" + url.PathEscape(e.Instance)
}

// subject names what the event is about, as its kind and its number or name.
func subject(e *event.Event) string {
	switch {
	case e.Task != nil && e.Task.ID != 0:
		return "task/" + strconv.FormatInt(e.Task.ID, 10)
	case e.Build != nil && e.Build.ID != 0:
		return "build/" + strconv.FormatInt(e.Build.ID, 10)
	case e.Build != nil && e.Build.NVR != "":
		return "build/" + e.Build.NVR
	case e.Repo != nil && e.Repo.ID != 0:
		return "repo/" + strconv.FormatInt(e.Repo.ID, 10)
	case e.Tag.Name != "":
		return "tag/" + e.Tag.Name
	}
	return ""
}

// CloudEvents carries events in the structured mode of CloudEvents' HTTP binding,
// or as a batch where several may travel together.
func CloudEvents(together bool) Form {
	kind := "application/cloudevents+json"
	if together {
		kind = "application/cloudevents-batch+json"
	}
	return func(events []*event.Event) (Message, error) {
		return Message{ContentType: kind, Body: appendList(nil, events, together, appendCloudEvent)}, nil
	}
}

func appendCloudEvent(e *event.Event, dst []byte) []byte {
	dst = append(dst, '{')
	for _, a := range attributes(e) {
		dst = append(append(append(dst, '"'), a.name...), `":`...)
		dst = appendText(dst, a.value)
		dst = append(dst, ',')
	}
	dst = append(dst, `"datacontenttype":"application/json","data":`...)
	return append(e.AppendJSON(dst), '}')
}

// appendText appends a JSON string; what is not UTF-8 in it becomes U+FFFD.
func appendText(dst []byte, text string) []byte {
	dst, _ = jsontext.AppendQuote(dst, strings.ToValidUTF8(text, "\ufffd")) // valid UTF-8 cannot fail
	return dst
}

// CloudEventsBinary carries one event in the binary mode: its JSON is the body,
// the attributes are headers.
func CloudEventsBinary(events []*event.Event) (Message, error) {
	e := events[0]
	h := http.Header{}
	for _, a := range attributes(e) {
		h.Set("ce-"+a.name, headerValue(a.value))
	}
	return Message{ContentType: "application/json", Header: h, Body: e.AppendJSON(nil)}, nil
}

// headerValue is a text as CloudEvents' HTTP binding has it in a header: all but
// printable ASCII percent-encoded, and space, quote and percent too.
func headerValue(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c <= ' ' || c >= 0x7f || c == '"' || c == '%' {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}
