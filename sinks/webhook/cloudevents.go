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

// TypePrefix is the prefix of the type of a CloudEvent, followed by the type of the event.
const TypePrefix = "io.github.kojiwatch.event."

// attribute is one context attribute of CloudEvents 1.0.
type attribute struct{ name, value string }

// attributes returns the attributes of an event. It omits unknown ones.
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

// source returns the Koji instance as a URI reference.
func source(e *event.Event) string {
	if e.Instance == "" {
		return "/koji"
	}
	return "/koji/" + url.PathEscape(e.Instance)
}

// subject returns the kind and the number or name of the object the event is about.
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
	case e.Campaign != nil:
		return "campaign/" + e.Campaign.Name
	case e.Alert != nil:
		return "alert/" + e.Alert.Key
	}
	return ""
}

// CloudEvents returns the form of CloudEvents in the structured mode of the HTTP binding,
// or in the batched mode if together is true.
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

// appendText appends a JSON string, with invalid UTF-8 replaced by U+FFFD.
func appendText(dst []byte, text string) []byte {
	dst, _ = jsontext.AppendQuote(dst, strings.ToValidUTF8(text, "\ufffd")) // valid UTF-8 cannot fail
	return dst
}

// CloudEventsBinary makes a message about one event in the binary mode: the body is its
// JSON, and the attributes are headers.
func CloudEventsBinary(events []*event.Event) (Message, error) {
	e := events[0]
	h := http.Header{}
	for _, a := range attributes(e) {
		h.Set("ce-"+a.name, headerValue(a.value))
	}
	return Message{ContentType: "application/json", Header: h, Body: e.AppendJSON(nil)}, nil
}

// headerValue encodes text for a header as in the HTTP binding of CloudEvents: it
// percent-encodes space, double quote, percent and everything but printable ASCII.
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
